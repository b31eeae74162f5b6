import type { Job } from './types'

const PROPOSED_PART = 10n

export interface LeastPay {
  /** What the model earns if nobody else declares. */
  most: bigint
  /** A tenth of it: this ends shaving, and a late model that adds a tenth to the others' is still paid. */
  proposed: bigint
  /** What is left to a client without a minimum beside models almost as good that were sealed before its own. */
  shaved: bigint
}

/** What there is to choose between for a model of this credited score; nothing where every due client gets the same. */
export function leastPayOf(job: Pick<Job, 'escrow' | 'terms'>, credited: number): LeastPay | undefined {
  const { rule, baseline } = job.terms
  if (!('grid' in rule)) return undefined
  const escrow = BigInt(job.escrow)
  const { target, grid } = rule
  const distance = target - baseline
  const stepped = (gain: number) => countedGain(distance, grid, gain)
  const worth = (gain: number) => (escrow * BigInt(stepped(gain))) / BigInt(distance)
  const counted = stepped(credited - baseline)
  const most = worth(counted)
  return { most, proposed: most / PROPOSED_PART, shaved: most - worth(counted - 1) }
}

/** The part of a gain that counts: what reaches the target counts whole, all else in steps of the grid. */
export function countedGain(distance: number, grid: number, gain: number): number {
  return gain >= distance ? distance : Math.max(0, gain - (gain % grid))
}
