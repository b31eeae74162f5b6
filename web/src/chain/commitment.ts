import { type Address, concat, type Hex, hexToBytes, numberToHex, pad, sha256, stringToHex } from 'viem'

/** Domains of commitments; `deml.base.commitment` has the same, and vectors hold both to each other. */
const MODEL_TAG = sha256(stringToHex('deml.model.v2'))
const HOLDOUT_TAG = sha256(stringToHex('deml.holdout.v2'))

export interface CommitmentContext {
  chainId: bigint | number
  app: Address
  /** The job's number for a model, the terms' nonce for a holdout; 32 bytes. */
  word: Hex
  owner: Address
}

/** Commitment to a model by its binary CIDv1. */
export function modelCommitment(context: CommitmentContext, cid: Uint8Array, salt: Hex): Hex {
  return commitment(MODEL_TAG, context, cid, salt)
}

/** Commitment to a holdout by its binary CIDv1. */
export function holdoutCommitment(context: CommitmentContext, cid: Uint8Array, salt: Hex): Hex {
  return commitment(HOLDOUT_TAG, context, cid, salt)
}

/** A number as one 32-byte word. */
export function wordOf(value: bigint | number): Hex {
  return numberToHex(value, { size: 32 })
}

function commitment(tag: Hex, context: CommitmentContext, cid: Uint8Array, salt: Hex): Hex {
  const { chainId, app, word, owner } = context
  const words = [tag, wordOf(chainId), pad(app), word, pad(owner), sha256(cid), salt]
  if (words.some((one) => hexToBytes(one).length !== 32)) throw new RangeError('every part of a commitment is 32 bytes')
  return sha256(concat(words))
}
