import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { Checkpoint } from '../market/replay'
import type { Client, Job, ScoringProgress } from '../market/types'
import type { Held } from '../python/protocol'

/** A job as the replay tells it. */
export interface RecomputedJob {
  job: Job
  clients: Client[]
  scorings: ScoringProgress[]
}

/** A job as it is kept: beside it, whom it is about (`keyOfAccount`), and that it is open if it is (`keyOfOpen`). */
interface KeptJob extends RecomputedJob {
  about: string[]
}

/** Until when, by this browser's clock, the node has said that it has run no more than what was run here. */
export interface Standing {
  inputs: number
  /** Since when all of them have been run here, and until when there were no more; milliseconds. */
  since: number
  until: number
}

interface Kept extends DBSchema {
  replays: { key: string; value: Checkpoint }
  jobs: { key: [market: string, jobId: number]; value: KeptJob; indexes: { about: string } }
  balances: { key: string; value: Held[] }
  standings: { key: string; value: Standing }
}

/** What replays have found, in a store of its own: it may be thrown away, and all of it found again. */
export function replayStore(): Promise<IDBPDatabase<Kept>> {
  return openDB<Kept>('deml-replay', 3, {
    upgrade(db) {
      for (const name of db.objectStoreNames) db.deleteObjectStore(name) // What an older page kept: found again.
      db.createObjectStore('replays')
      db.createObjectStore('jobs').createIndex('about', 'about', { multiEntry: true })
      db.createObjectStore('balances')
      db.createObjectStore('standings')
    },
  })
}

export function marketKey(settings: { chainId: number; appAddress: string }): string {
  return `${settings.chainId}/${settings.appAddress.toLowerCase()}`
}

/** Under what the jobs of an account are found. */
export function keyOfAccount(market: string, account: string): string {
  return `${market}/${account.toLowerCase()}`
}

/** Under what the jobs of a market are found that have not ended. */
export function keyOfOpen(market: string): string {
  return `${market}/open`
}

/** A job as it is kept. */
export function keptJob(market: string, one: RecomputedJob): KeptJob {
  const accounts = new Set([one.job.sponsor, ...one.clients.map(({ client }) => client)])
  const about = [...accounts].map((account) => keyOfAccount(market, account))
  return { ...one, about: one.job.ending === null ? [...about, keyOfOpen(market)] : about }
}

/** Keys of all jobs of a market. */
export function jobsOf(market: string): IDBKeyRange {
  return IDBKeyRange.bound([market, 0], [market, Number.MAX_SAFE_INTEGER])
}
