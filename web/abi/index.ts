/** ABIs of DeML's wire, of its registry, and of the Cartesi contracts that inputs and payments go through. */
export { applicationAbi } from './application.js'
export { iConsensusAbi } from './consensus.js'
export { erc20PortalAbi } from './erc20Portal.js'
export { inputBoxAbi } from './inputBox.js'
export { inputsAbi } from './inputs.js'
export { iModelRegistryAbi } from './modelRegistry.js'
export { noticesAbi } from './notices.js'
export { outputsAbi } from './outputs.js'
