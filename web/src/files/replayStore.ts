import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { Hex } from 'viem'
import type { Client, Job } from '../market/types'
import type { Snapshot } from '../python/protocol'

/** How far a market has been run again in this browser. */
export interface KeptReplay {
  inputs: number
  reports: number
  /** Hash of the last input that was run: a node that has another one there tells of another market. */
  head: Hex | undefined
  /** Hashes of all outputs, 32 bytes each: the leaves of the claim's tree. */
  outputs: Uint8Array
  /** How many outputs the newest claim is about that was found accepted. */
  claimed: number
  /** Inputs that the dapp failed on. */
  bugs: number[]
  snapshot: Snapshot
}

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
  replays: { key: string; value: KeptReplay }
  jobs: { key: [market: string, jobId: number]; value: RecomputedJob }
  standings: { key: string; value: Standing }
}

/** What replays have found, in a store of its own: it may be thrown away, and all of it found again. */
export function replayStore(): Promise<IDBPDatabase<Kept>> {
  return openDB<Kept>('deml-replay', 2, {
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
