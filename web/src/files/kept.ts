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

/** Keep a model; one that was kept for the same job is replaced. */
export async function keepModel(place: Place, model: KeptModel): Promise<void> {
  await (await database()).put('models', model, keyOf(place))
}

/** The model kept for a job; undefined where there is none. */
export async function keptModel(place: Place): Promise<KeptModel | undefined> {
  return (await database()).get('models', keyOf(place))
}

/** Keep test rows under the commitment that seals them. */
export async function keepHoldout(commitment: Hex, holdout: KeptHoldout): Promise<void> {
  await (await database()).put('holdouts', holdout, commitment.toLowerCase() as Hex)
}

/** The test rows kept under a commitment; undefined where this browser has none. */
export async function keptHoldout(commitment: Hex): Promise<KeptHoldout | undefined> {
  return (await database()).get('holdouts', commitment.toLowerCase() as Hex)
}
