import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { Hex } from 'viem'
import type { IndexedJob } from '../market/folding'

/** A sealed model, kept in this browser until it is published; the salt only where the wallet cannot make it again. */
export interface KeptModel {
  name: string
  content: Uint8Array
  cid: string
  salt?: Hex
}

/** A sponsor's sealed test rows with the model that they are shown with, kept until they are revealed. */
export interface KeptHoldout {
  holdout: Uint8Array
  initial: Uint8Array
  salt?: Hex
}

/** How far notices are read: all before `read` are in the jobs, all before `proven` are checked against the chain. */
export interface Progress {
  read: number
  proven: number
  /** Hash of the last notice that was read: a node that has another one there tells of another market. */
  head: Hex | undefined
}

interface Kept extends DBSchema {
  models: { key: string; value: KeptModel }
  /** By the commitment in the job's terms. */
  holdouts: { key: Hex; value: KeptHoldout }
  /** Jobs as their notices tell them, by market and number. */
  jobs: { key: [market: string, jobId: number]; value: IndexedJob }
  /** How far a market's notices are read. */
  progress: { key: string; value: Progress }
}

/** This browser's own store; each version adds what the one before lacked. */
export function database(): Promise<IDBPDatabase<Kept>> {
  return openDB<Kept>('deml', 3, {
    upgrade(db, from) {
      if (from < 1) db.createObjectStore('models')
      if (from < 2) db.createObjectStore('holdouts')
      if (from < 3) {
        db.createObjectStore('jobs')
        db.createObjectStore('progress')
      }
    },
  })
}
