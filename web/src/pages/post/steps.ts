import type { Address } from 'viem'
import type { Token } from '../../market/amounts'
import {
  allowedOf,
  architectureOf,
  type Clock,
  confidenceOf,
  type Draft,
  isAmount,
  type PostStepName,
  placesOf,
} from '../../market/posting'
import { parseDuration } from '../../market/times'

export interface PostProps {
  draft: Draft
  change: (change: Partial<Draft>) => void
  token: Token & { address: Address }
  clock: Clock
}

/** Whether a step has all that the next one needs. */
export function isDone(step: PostStepName, draft: Draft): boolean {
  switch (step) {
    case 'what':
      return draft.title.trim() !== '' && new TextEncoder().encode(draft.title.trim()).length <= LONGEST_TITLE
    case 'data':
      return draft.columns.filter((one) => one.used).length > 1 && draft.label !== ''
    case 'model':
      return draft.initial !== undefined && isJson(architectureOf(draft))
    case 'rows':
      return draft.measured !== undefined && draft.mayPublish && confidenceOf(draft) !== undefined
    case 'pay':
      return isAmount(draft.escrow) && placesOf(draft) !== undefined && seatsProblem(draft) === undefined
    case 'time':
      return [draft.commit, draft.reveal, draft.declare, draft.submit].every((one) => parseDuration(one) !== undefined)
    case 'post':
      return false
  }
}

/** Longest title in bytes of UTF-8. */
const LONGEST_TITLE = 200

/** The least stake, in whole tokens, with which nobody can hold all places for less than the reward. */
export function seatsProblem(draft: Draft): number | undefined {
  const places = placesOf(draft) ?? 1
  const allowed = allowedOf(draft)
  if (allowed.length > 0 && allowed.length <= places) return undefined
  const escrow = Number(draft.escrow)
  const stake = stakeShare(draft.stake) * escrow || Number(draft.stake)
  const least = escrow / places
  return stake < least * (1 - Number.EPSILON) ? least : undefined
}

/** What part of the reward a stake in per cent is; zero for an amount. */
export function stakeShare(stake: string): number {
  const percent = /^(\d+(?:\.\d+)?)\s*%$/.exec(stake.trim())
  return percent ? Number(percent[1]) / 100 : 0
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false // what is typed is not JSON yet
  }
}
