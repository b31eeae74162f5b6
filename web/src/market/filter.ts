import { type DataKind, dataShapeOf } from './dataKind'
import { nextDeadline, STEPS, stepAt } from './phases'
import type { Job } from './types'

export type PhaseFilter = '' | 'open' | 'running' | 'ended'
export type Sorting = 'deadline' | 'reward' | 'newest' | 'phase' | 'metric' | 'data'

export interface Wanted {
  text: string
  phase: PhaseFilter
  data: '' | DataKind
  metric: string
  /** Least reward in whole tokens, as it is written; empty for any. */
  reward: string
  sort: Sorting
}

export const EVERYTHING: Wanted = { text: '', phase: '', data: '', metric: '', reward: '', sort: 'deadline' }

/** What a job's reward is worth in whole tokens, to be compared: tokens count with their own decimals. */
export type Worth = (job: Job) => number

/** Jobs that fit, in the order asked for. */
export function chosen<J extends Job>(jobs: readonly J[], wanted: Wanted, now: number, worth: Worth): J[] {
  const text = wanted.text.trim().toLocaleLowerCase()
  const least = Number(wanted.reward)
  const found = jobs.filter(
    (job) =>
      (text === '' || job.terms.title.toLocaleLowerCase().includes(text) || String(job.jobId) === text) &&
      (wanted.metric === '' || job.terms.metric === wanted.metric) &&
      (wanted.data === '' || kindOfData(job) === wanted.data) &&
      (!(least > 0) || worth(job) >= least) &&
      (wanted.phase === '' || wanted.phase === kindOf(job, now)),
  )
  const order = ORDERS[wanted.sort](now, worth)
  return found.sort((a, b) => order(a, b) || b.jobId - a.jobId)
}

function kindOf(job: Job, now: number): PhaseFilter {
  const { step, over } = stepAt(job, now)
  if (over) return 'ended'
  return step === 'join' ? 'open' : 'running'
}

function kindOfData(job: Job): DataKind {
  return dataShapeOf(job.terms.architecture).kind
}

type Order = (a: Job, b: Job) => number

const ORDERS: Record<Sorting, (now: number, worth: Worth) => Order> = {
  deadline: (now) => (a, b) => rank(a, now) - rank(b, now),
  reward: (_, worth) => (a, b) => worth(b) - worth(a),
  newest: () => () => 0,
  phase: (now) => (a, b) => place(a, now) - place(b, now),
  metric: () => (a, b) => (a.terms.metric < b.terms.metric ? -1 : Number(a.terms.metric > b.terms.metric)),
  data: () => (a, b) => (kindOfData(a) < kindOfData(b) ? -1 : Number(kindOfData(a) > kindOfData(b))),
}

/** Jobs without a deadline come last. */
function rank(job: Job, now: number): number {
  return nextDeadline(job, now) ?? Number.MAX_SAFE_INTEGER
}

/** In the order of the phases, those that are over last. */
function place(job: Job, now: number): number {
  const { step, over } = stepAt(job, now)
  return over ? STEPS.length : STEPS.indexOf(step)
}
