import type { Address, Hex } from 'viem'
import { database, type KeptHoldout, type KeptModel } from './database'

export type { KeptHoldout, KeptModel } from './database'

export interface Place {
  chainId: number
  app: Address
  jobId: number
  account: Address
}

function keyOf(place: Place): string {
  return `${place.chainId}/${place.app.toLowerCase()}/${place.jobId}/${place.account.toLowerCase()}`
}

/**
 * Keep a model under the commitment that seals it: sealing another one, or only looking at what that would mean, never
 * takes away the one that is on the chain.
 */
export async function keepModel(place: Place, commitment: Hex, model: KeptModel): Promise<void> {
  await (await database()).put('models', model, `${keyOf(place)}/${commitment}`)
}

/** The model kept under a commitment; undefined where this browser has none. */
export async function keptModel(place: Place, commitment: Hex): Promise<KeptModel | undefined> {
  return (await database()).get('models', `${keyOf(place)}/${commitment}`)
}

/** The salt that was drawn for a job, if one was: one to keep is enough. */
export async function keptSalt(place: Place): Promise<Hex | undefined> {
  const ofJob = IDBKeyRange.bound(`${keyOf(place)}/0x`, `${keyOf(place)}/0y`, false, true)
  const models = await (await database()).getAll('models', ofJob)
  return models.find((one) => one.salt)?.salt
}

/** Keep test rows under the commitment that seals them. */
export async function keepHoldout(commitment: Hex, holdout: KeptHoldout): Promise<void> {
  await (await database()).put('holdouts', holdout, commitment.toLowerCase() as Hex)
}

/** The test rows kept under a commitment; undefined where this browser has none. */
export async function keptHoldout(commitment: Hex): Promise<KeptHoldout | undefined> {
  return (await database()).get('holdouts', commitment.toLowerCase() as Hex)
}
