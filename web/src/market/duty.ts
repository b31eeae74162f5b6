import type { Address } from 'viem'
import { nextDeadline, stepAt } from './phases'
import type { Client, JobWithClients } from './types'

/** What can be due for a wallet in a job, and what can be waited for; a row of `dutyWords` each. */
export type DutyKind =
  | 'join'
  | 'seal'
  | 'sealed'
  | 'declare'
  | 'declared'
  | 'publish'
  | 'notDue'
  | 'verified'
  | 'paid'
  | 'refunded'
  | 'reveal'
  | 'sponsorWaits'
  | 'settle'
  | 'fix'
  | 'round'
  | 'closed'
  | 'ended'

export interface Duty {
  kind: DutyKind
  tone: 'act' | 'none' | 'ok'
  amount?: bigint
  stake?: bigint
  by?: number
  to?: '/jobs/$jobId/join' | '/jobs/$jobId/reveal' | '/account'
}

/** Decide what `account` has to do in a job now; decided from the dapp's own answers and the chain's clock. */
export function dutyOf(
  detail: JobWithClients,
  account: Address | undefined,
  me: Client | undefined,
  now: number,
): Duty {
  const { job } = detail
  const { step, over } = stepAt(job, now)
  const by = nextDeadline(job, now) ?? undefined
  const deadline = by === undefined ? {} : { by }
  const stake = BigInt(job.terms.stake)
  if (over) return ended(me)
  const reason = settling(detail, now)
  if (reason) return { kind: reason === 'end' ? 'settle' : reason, tone: 'act', to: '/jobs/$jobId/join' }
  if (account?.toLowerCase() === job.sponsor.toLowerCase()) {
    const due = step === 'reveal' && !job.revealed && job.committed > 0
    return due
      ? { kind: 'reveal', tone: 'act', ...deadline, to: '/jobs/$jobId/reveal' }
      : { kind: 'sponsorWaits', tone: 'none', ...deadline }
  }
  if (!me) {
    if (step !== 'join') return { kind: 'closed', tone: 'none', ...deadline }
    return { kind: 'join', tone: 'act', stake, ...deadline, to: '/jobs/$jobId/join' }
  }
  return asClient(me, step, stake, deadline)
}

/** What settling a job would do now. */
export type Settling = 'fix' | 'round' | 'end'

/** What anybody may do to bring a job up to date: fix who is due, begin the next round, or end it. As `why_settle`. */
export function settling({ job, clients }: JobWithClients, now: number): Settling | undefined {
  const { terms } = job
  if (job.ending !== null || now <= terms.commitUntil) return undefined
  if (job.committed === 0) return 'end'
  if (now <= terms.holdoutUntil) return undefined
  if (!job.revealed) return 'end'
  if (now <= terms.declareUntil) return undefined
  if (job.declared === 0) return 'end'
  if (job.round === 0) return 'fix'
  if (!clients.some((one) => AWAITED.has(one.standing))) return 'end'
  if (job.roundUntil === null || now <= job.roundUntil) return undefined
  return job.round < terms.maxRounds ? 'round' : 'end'
}

/** Standings of clients that are due and neither verified nor failed yet. */
const AWAITED = new Set(['due', 'scoring', 'refuted'])

function asClient(me: Client, step: string, stake: bigint, deadline: { by?: number }): Duty {
  const to = '/jobs/$jobId/join' as const
  if (step === 'join') {
    return me.commitment === null
      ? { kind: 'seal', tone: 'act', stake, ...deadline, to }
      : { kind: 'sealed', tone: 'none', ...deadline, to }
  }
  if (me.commitment === null) return { kind: 'closed', tone: 'none', ...deadline }
  if (step === 'reveal') return { kind: 'sealed', tone: 'none', ...deadline }
  if (step === 'declare') {
    return me.declared === null
      ? { kind: 'declare', tone: 'act', ...deadline, to }
      : { kind: 'declared', tone: 'none', ...deadline }
  }
  const amount = BigInt(me.due ?? 0)
  if (me.standing === 'due') return { kind: 'publish', tone: 'act', amount, stake, ...deadline, to }
  if (me.standing === 'verified' || me.standing === 'scoring')
    return { kind: 'verified', tone: 'ok', amount, ...deadline }
  return { kind: 'notDue', tone: 'none', stake, ...deadline }
}

function ended(me: Client | undefined): Duty {
  if (!me?.payout) return { kind: 'ended', tone: 'none' }
  const { pay, stake, compensation } = me.payout
  const total = BigInt(pay) + BigInt(stake) + BigInt(compensation)
  if (total === 0n) return { kind: 'ended', tone: 'none' }
  return { kind: pay === '0' ? 'refunded' : 'paid', tone: 'ok', amount: total, to: '/account' }
}
