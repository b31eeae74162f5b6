import { type DBSchema, openDB } from 'idb'
import type { Address, Hex } from 'viem'

/** A sealed model, kept in this browser until it is published; the salt only where the wallet cannot make it again. */
export interface KeptModel {
  name: string
  content: Uint8Array
  cid: string
  salt?: Hex
}

interface Kept extends DBSchema {
  models: { key: string; value: KeptModel }
}

export interface Place {
  chainId: number
  app: Address
  jobId: number
  account: Address
}

function keyOf(place: Place): string {
  return `${place.chainId}/${place.app.toLowerCase()}/${place.jobId}/${place.account.toLowerCase()}`
}

const database = () =>
  openDB<Kept>('deml', 1, {
    upgrade(db) {
      db.createObjectStore('models')
    },
  })

/** Keep a model; one that was kept for the same job is replaced. */
export async function keepModel(place: Place, model: KeptModel): Promise<void> {
  await (await database()).put('models', model, keyOf(place))
}

/** The model kept for a job; undefined where there is none. */
export async function keptModel(place: Place): Promise<KeptModel | undefined> {
  return (await database()).get('models', keyOf(place))
}
