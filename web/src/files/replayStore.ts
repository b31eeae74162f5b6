import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { Checkpoint } from '../market/replay'
import type { Client, Job } from '../market/types'

/** A job as the replay tells it. */
export interface RecomputedJob {
  job: Job
  clients: Client[]
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
  jobs: { key: [market: string, jobId: number]; value: RecomputedJob }
  standings: { key: string; value: Standing }
}

/** What replays have found, in a store of its own: it may be thrown away, and all of it found again. */
export function replayStore(): Promise<IDBPDatabase<Kept>> {
  return openDB<Kept>('deml-replay', 3, {
    upgrade(db) {
      for (const name of db.objectStoreNames) db.deleteObjectStore(name) // What an older page kept: found again.
      db.createObjectStore('replays')
      db.createObjectStore('jobs')
      db.createObjectStore('standings')
    },
  })
}

export function marketKey(settings: { chainId: number; appAddress: string }): string {
  return `${settings.chainId}/${settings.appAddress.toLowerCase()}`
}

/** Keys of all jobs of a market. */
export function jobsOf(market: string): IDBKeyRange {
  return IDBKeyRange.bound([market, 0], [market, Number.MAX_SAFE_INTEGER])
}
