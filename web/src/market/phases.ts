import type { Client, Job, Terms } from './types'

/** The five steps as people see them; `publish` holds all rounds of submission. */
export const STEPS = ['join', 'reveal', 'declare', 'publish', 'paid'] as const
export type Step = (typeof STEPS)[number]

/** Seconds from the chain's latest block's timestamp, which is the only clock that counts. */
export type BlockTime = number

/** Length of a submission round in seconds. */
export function roundSeconds(terms: Terms): number {
  return terms.submitUntil - terms.declareUntil
}

/** The step that a job is in at `now`; a job whose last round has passed unsettled is at `paid`, not yet done. */
export function stepAt(job: Job, now: BlockTime): { step: Step; over: boolean } {
  const { terms } = job
  if (job.ending !== null) return { step: 'paid', over: true }
  if (now <= terms.commitUntil) return { step: 'join', over: false }
  if (now <= terms.holdoutUntil) return { step: 'reveal', over: false }
  if (now <= terms.declareUntil) return { step: 'declare', over: false }
  const last = terms.declareUntil + terms.maxRounds * roundSeconds(terms)
  return { step: now <= Math.max(last, job.roundUntil ?? 0) ? 'publish' : 'paid', over: false }
}

/** The last step that an ended job has come to; `paid` for all that run their course. */
export function reachedOf({ ending }: Pick<Job, 'ending'>): Step {
  return ENDED_IN[ending ?? ''] ?? 'paid'
}

const ENDED_IN: Record<string, Step> = {
  cancelled: 'join',
  'nobody-accepted': 'join',
  'nobody-committed': 'join',
  'holdout-not-revealed': 'reveal',
  'nobody-declared': 'declare',
  'nobody-due': 'declare',
  'nobody-submitted': 'publish',
}

/** Begin and end of each step, ends inclusive; the round that is running ends the publish step's bar. */
export function windows(job: Job): Record<Step, { begin: number | null; end: number | null }> {
  const { terms } = job
  const published = job.roundUntil ?? terms.submitUntil
  return {
    join: { begin: null, end: terms.commitUntil },
    reveal: { begin: terms.commitUntil, end: terms.holdoutUntil },
    declare: { begin: terms.holdoutUntil, end: terms.declareUntil },
    publish: { begin: terms.declareUntil, end: published },
    paid: { begin: published, end: null },
  }
}

/** Next moment at which something about the job changes; null where time no longer matters. */
export function nextDeadline(job: Job, now: BlockTime): number | null {
  const { step, over } = stepAt(job, now)
  if (over || step === 'paid') return null
  if (step !== 'publish') return windows(job)[step].end
  if (job.roundUntil !== null && now <= job.roundUntil) return job.roundUntil
  const { terms } = job
  const passed = Math.floor((now - terms.declareUntil - 1) / roundSeconds(terms))
  return terms.declareUntil + (passed + 1) * roundSeconds(terms)
}

/** How much of the step has passed at `now`, 0 to 1; a step without a known beginning counts from `created`. */
export function fractionOf(job: Job, now: BlockTime, created?: number): number {
  const { step } = stepAt(job, now)
  const { begin, end } = windows(job)[step]
  const from = begin ?? created ?? null
  if (from === null || end === null || end <= from) return 0.5
  return Math.min(1, Math.max(0, (now - from) / (end - from)))
}

/** Standings of clients whose model the dapp has verified. */
export function isVerified(client: Client): boolean {
  return client.standing === 'verified' || client.standing === 'paid'
}
