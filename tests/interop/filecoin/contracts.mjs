// What filecoin-pin's own libraries say of PDPVerifier: addresses by chain, and selectors by signature, as one JSON object.
import { pdpVerifierAbi, pdpVerifierAddress } from './node_modules/@filoz/synapse-core/dist/src/abis/generated.js'
import { toFunctionSelector, toFunctionSignature } from 'viem'

const views = pdpVerifierAbi.filter((one) => one.type === 'function' && one.stateMutability === 'view')
const selectors = Object.fromEntries(views.map((one) => [toFunctionSignature(one), toFunctionSelector(one).slice(2)]))
const { outputs } = views.find((one) => one.name === 'getPieceCid')
console.log(JSON.stringify({ addresses: pdpVerifierAddress, selectors, pieceCid: outputs[0].components.map((one) => one.type) }))
