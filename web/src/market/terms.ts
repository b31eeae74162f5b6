import type { inputsAbi } from '@deml/abi'
import { type ContractFunctionArgs, decodeAbiParameters, encodeAbiParameters, type Hex } from 'viem'
import type { Terms } from './types'

/** Terms as the wire has them: the struct of `IDeML.sol`. */
export type WireTerms = ContractFunctionArgs<typeof inputsAbi, 'nonpayable', 'createJob'>[0]

const FIXED = [{ type: 'uint128' }, { type: 'uint64' }] as const
const MARKET = [{ type: 'int64' }, { type: 'uint64' }] as const

/** Terms as they are sent. */
export function toWire(terms: Terms): WireTerms {
  return {
    ...terms,
    baseline: BigInt(terms.baseline),
    rule: { kind: terms.rule.kind, params: ruleParams(terms.rule) },
    commitUntil: BigInt(terms.commitUntil),
    holdoutUntil: BigInt(terms.holdoutUntil),
    declareUntil: BigInt(terms.declareUntil),
    submitUntil: BigInt(terms.submitUntil),
    stake: BigInt(terms.stake),
    evidenceCut: BigInt(terms.evidenceCut),
    previousJob: BigInt(terms.previousJob),
  }
}

/** Terms as a notice tells them, in the form of the dapp's answers. */
export function fromWire(wire: WireTerms): Terms {
  return {
    ...wire,
    baseline: Number(wire.baseline),
    rewardToken: lower(wire.rewardToken),
    rule: ruleOf(wire.rule.kind, wire.rule.params),
    commitUntil: Number(wire.commitUntil),
    holdoutUntil: Number(wire.holdoutUntil),
    declareUntil: Number(wire.declareUntil),
    submitUntil: Number(wire.submitUntil),
    stake: wire.stake.toString(),
    evidenceCut: Number(wire.evidenceCut),
    previousJob: Number(wire.previousJob),
    allowList: wire.allowList.map(lower),
  }
}

function lower(address: Hex): Hex {
  return address.toLowerCase() as Hex
}

function ruleParams(rule: Terms['rule']): Hex {
  if ('target' in rule) return encodeAbiParameters(MARKET, [BigInt(rule.target), BigInt(rule.grid)])
  if ('reward' in rule) return encodeAbiParameters(FIXED, [BigInt(rule.reward), BigInt(rule.threshold)])
  return rule.params
}

function ruleOf(kind: string, params: Hex): Terms['rule'] {
  try {
    if (kind === 'market') {
      const [target, grid] = decodeAbiParameters(MARKET, params)
      return { kind, target: Number(target), grid: Number(grid) }
    }
    if (kind === 'fixed') {
      const [reward, threshold] = decodeAbiParameters(FIXED, params)
      return { kind, reward: reward.toString(), threshold: Number(threshold) }
    }
  } catch {
    return { kind, params } // parameters that are not what the kind says: shown as a rule that is not known
  }
  return { kind, params }
}
