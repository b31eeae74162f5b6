import { type DBSchema, type IDBPDatabase, openDB } from 'idb'
import type { Hex } from 'viem'

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

interface Kept extends DBSchema {
  models: { key: string; value: KeptModel }
  /** By the commitment in the job's terms. */
  holdouts: { key: Hex; value: KeptHoldout }
}

/** This browser's own store; each version adds what the one before lacked. */
export function database(): Promise<IDBPDatabase<Kept>> {
  return openDB<Kept>('deml', 2, {
    upgrade(db, from) {
      if (from < 1) db.createObjectStore('models')
      if (from < 2) db.createObjectStore('holdouts')
    },
  })
}
