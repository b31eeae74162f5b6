import { countedGain } from './leastPay'
import type { Client, JobDetail } from './types'

/** Why a client is not due, or lost what it was due; amounts in the token's smallest unit, scores in ppm. */
export type WhyNot =
  | { kind: 'sealedNothing' | 'declaredNothing' | 'luck' | 'belowStep' | 'placesTaken' | 'notDelivered' }
  | { kind: 'belowMargin'; margin: number }
  | { kind: 'noBetter'; order: number }
  | { kind: 'asksMore'; least: bigint }
  | { kind: 'refuted'; score: number | null }

/** Say why, from the rules and what the others declared; undefined while dues are not fixed, and for who is due. */
export function whyNot({ job, clients }: JobDetail, one: Client): WhyNot | undefined {
  if (job.round === 0) return undefined
  if (one.standing === 'refuted') return { kind: 'refuted', score: one.score }
  if (one.standing === 'failed') return { kind: 'notDelivered' }
  if (one.commitment === null) return { kind: 'sealedNothing' }
  if (one.declared === null) return { kind: 'declaredNothing' }
  if (one.standing === 'waived') return { kind: 'asksMore', least: BigInt(one.minPay ?? 0) }
  if (one.standing !== 'not-due') return undefined
  const { rule, baseline } = job.terms
  const gain = one.declared - baseline
  if (gain <= 0) return { kind: 'luck' }
  if ('threshold' in rule) {
    return gain < rule.threshold ? { kind: 'belowMargin', margin: rule.threshold } : { kind: 'placesTaken' }
  }
  if (!('grid' in rule)) return undefined
  const counted = (declared: number) => countedGain(rule.target - baseline, rule.grid, declared - baseline)
  const own = counted(one.declared)
  if (own === 0) return { kind: 'belowStep' }
  const better = clients.filter(
    (other) =>
      other.order !== null &&
      one.order !== null &&
      other.order < one.order &&
      other.declared !== null &&
      !OUT.has(other.standing) &&
      counted(other.declared) >= own,
  )
  const first = better.sort((a, b) => (a.order ?? 0) - (b.order ?? 0))[0]
  return first ? { kind: 'noBetter', order: first.order ?? 0 } : undefined
}

/** Standings of clients whose declarations do not stand in anybody's way. */
const OUT = new Set(['waived', 'failed', 'refuted'])
