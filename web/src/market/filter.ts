import { nextDeadline, stepAt } from './phases'
import type { Job } from './types'

export type PhaseFilter = '' | 'open' | 'running' | 'ended'
export type Sorting = 'deadline' | 'reward' | 'newest'

export interface Wanted {
  text: string
  phase: PhaseFilter
  metric: string
  sort: Sorting
}

export const EVERYTHING: Wanted = { text: '', phase: '', metric: '', sort: 'deadline' }

/** Jobs that fit, in the order asked for. */
export function chosen(jobs: readonly Job[], wanted: Wanted, now: number): Job[] {
  const text = wanted.text.trim().toLocaleLowerCase()
  const found = jobs.filter(
    (job) =>
      (text === '' || job.terms.title.toLocaleLowerCase().includes(text) || String(job.jobId) === text) &&
      (wanted.metric === '' || job.terms.metric === wanted.metric) &&
      (wanted.phase === '' || wanted.phase === kindOf(job, now)),
  )
  return found.sort(ORDERS[wanted.sort](now))
}

function kindOf(job: Job, now: number): PhaseFilter {
  const { step, over } = stepAt(job, now)
  if (over) return 'ended'
  return step === 'join' ? 'open' : 'running'
}

const ORDERS: Record<Sorting, (now: number) => (a: Job, b: Job) => number> = {
  deadline: (now) => (a, b) => rank(a, now) - rank(b, now) || b.jobId - a.jobId,
  reward: () => (a, b) =>
    BigInt(b.escrow) > BigInt(a.escrow) ? 1 : BigInt(b.escrow) < BigInt(a.escrow) ? -1 : b.jobId - a.jobId,
  newest: () => (a, b) => b.jobId - a.jobId,
}

/** Jobs without a deadline come last. */
function rank(job: Job, now: number): number {
  return nextDeadline(job, now) ?? Number.MAX_SAFE_INTEGER
}
