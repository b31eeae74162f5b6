import type { Address } from 'viem'
import type { Notice } from '../node/outputs'
import { fromWire } from './terms'
import type { Job } from './types'

/** A job as its notices tell it. */
export interface IndexedJob {
  job: Job
  /** Who has sealed a model; a later seal of the same client counts no more. */
  sealed: Address[]
  /** Number of the notice that created it, among all notices. */
  place: number
}

type Of<N extends Notice['name']> = Extract<Notice, { name: N }>

/** What a notice changes of a job; undefined where it is about a job that nobody has noticed the creation of. */
export function folded(before: IndexedJob | undefined, notice: Notice, place: number): IndexedJob | undefined {
  if (notice.name === 'JobCreated') return before ?? created(notice, place)
  if (!before) return undefined
  const { job } = before
  const changed = (part: Partial<Job>): IndexedJob => ({ ...before, job: { ...job, ...part } })
  switch (notice.name) {
    case 'ToppedUp':
      return changed({ escrow: notice.args[1].toString() })
    case 'Accepted':
      return changed({ participants: job.participants + 1 })
    case 'Committed': {
      const client = notice.args[1]
      const sealed = before.sealed.includes(client) ? before.sealed : [...before.sealed, client]
      return { ...changed({ committed: sealed.length }), sealed }
    }
    case 'HoldoutRevealed':
      return changed({ revealed: true, dataCid: notice.args[1], rows: notice.args[3] })
    case 'Declared':
      return changed({ declared: job.declared + 1 })
    case 'DuesFixed':
      return changed({ round: notice.args[1], roundUntil: Number(notice.args[2]) })
    case 'Settled':
      return changed(ended(notice))
    default:
      return before
  }
}

function created({ args }: Of<'JobCreated'>, place: number): IndexedJob {
  const [jobId, sponsor, escrow, terms] = args
  const job: Job = {
    jobId: Number(jobId),
    sponsor: sponsor.toLowerCase() as Address,
    phase: 'commit',
    ending: null,
    round: 0,
    roundUntil: null,
    escrow: escrow.toString(),
    participants: 0,
    committed: 0,
    declared: 0,
    revealed: false,
    opening: null,
    dataCid: null,
    rows: null,
    sponsorRefund: null,
    burnt: null,
    average: null,
    terms: fromWire(terms),
  }
  return { job, sealed: [], place }
}

function ended({ args }: Of<'Settled'>): Partial<Job> {
  const [, ending, , , , sponsorRefund, burnt] = args
  return {
    phase: 'ended',
    ending: ending as Job['ending'],
    sponsorRefund: sponsorRefund.toString(),
    burnt: burnt.toString(),
  }
}

/** Whether the node's answer about a job says otherwise than its own notices: what never changes, once it is so. */
export function contradicts(told: Job, indexed: Job): boolean {
  const { terms } = told
  if (told.sponsor.toLowerCase() !== indexed.sponsor) return true
  if (indexed.ending !== null && told.ending !== indexed.ending) return true
  // Scores are declared of what was revealed: of other rows, a client's would be wrong, and its stake lost.
  const isRevealed = told.revealed && indexed.revealed
  if (isRevealed && (told.dataCid !== indexed.dataCid || told.rows !== indexed.rows)) return true
  const names = Object.keys(indexed.terms) as (keyof Job['terms'])[]
  return names.some((name) => JSON.stringify(sorted(terms[name])) !== JSON.stringify(sorted(indexed.terms[name])))
}

/** The same value with its members in one order. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
}
