import {
  type Address,
  bytesToHex,
  concat,
  getAddress,
  type Hex,
  isAddressEqual,
  recoverTypedDataAddress,
  sha256,
  stringToHex,
} from 'viem'

/** What is hashed with a signature to make a salt; the same as in `deml_sdk.wallet.salts`. */
const TAG = stringToHex('deml.salt.v1')

const WARNING = 'This signature opens your commitments of one job. Sign it only in a DeML program that you trust.'

/** r and s in hex: the recovery id after them is written in two ways. */
const SIGNATURE_DIGITS = 2 + 2 * 64
const RECOVERY_DIGITS = 2

export type SignTypedData = (data: ReturnType<typeof saltData>) => Promise<Hex>

export interface Salt {
  value: Hex
  /** The wallet cannot make it again: it must be kept. */
  mustBeKept: boolean
}

/** EIP-712 data that a salt is derived from. */
export function saltData(purpose: 'model' | 'holdout', chainId: number, app: Address, word: Hex, account: Address) {
  return {
    domain: { name: 'DeML', version: '1', chainId, verifyingContract: getAddress(app) },
    types: {
      Salt: [
        { name: 'purpose', type: 'string' },
        { name: 'account', type: 'address' },
        { name: 'context', type: 'bytes32' },
        { name: 'warning', type: 'string' },
      ],
    },
    primaryType: 'Salt',
    message: { purpose, account: getAddress(account), context: word, warning: WARNING },
  } as const
}

/**
 * Derive a salt from two signatures over the same data, if both are the account's own key's and alike. Where they differ
 * (some hardware), or are no such signatures at all, draw one, which must then be kept: what a smart account calls a
 * signature begins with words that everybody knows, and what another account signs is not made again by this one.
 */
export async function deriveSalt(data: ReturnType<typeof saltData>, sign: SignTypedData): Promise<Salt> {
  const first = await sign(data)
  const second = await sign(data)
  if (cut(first) === cut(second) && (await isOwn(data, first)) && (await isOwn(data, second))) {
    return { value: sha256(concat([TAG, cut(first)])), mustBeKept: false }
  }
  return { value: bytesToHex(crypto.getRandomValues(new Uint8Array(32))), mustBeKept: true }
}

/** Whether a signature was made by the key of the account that the data names. */
async function isOwn(data: ReturnType<typeof saltData>, signature: Hex): Promise<boolean> {
  if (signature.length !== SIGNATURE_DIGITS + RECOVERY_DIGITS) return false
  try {
    return isAddressEqual(await recoverTypedDataAddress({ ...data, signature }), data.message.account)
  } catch {
    return false // bytes that no key can have signed with
  }
}

function cut(signature: Hex): Hex {
  return signature.slice(0, SIGNATURE_DIGITS).toLowerCase() as Hex
}
