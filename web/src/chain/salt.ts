import { type Address, bytesToHex, concat, getAddress, type Hex, sha256, stringToHex } from 'viem'

/** What is hashed with a signature to make a salt; the same as in `deml_sdk.wallet.salts`. */
const TAG = stringToHex('deml.salt.v1')

const WARNING = 'This signature opens your commitments of one job. Sign it only in a DeML program that you trust.'

/** r and s in hex: the recovery id after them is written in two ways. */
const SIGNATURE_DIGITS = 2 + 2 * 64

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
 * Derive a salt from two signatures over the same data; where they differ (smart accounts, some hardware), draw one,
 * which must then be kept.
 */
export async function deriveSalt(data: ReturnType<typeof saltData>, sign: SignTypedData): Promise<Salt> {
  const first = await sign(data)
  const second = await sign(data)
  if (cut(first) === cut(second)) return { value: sha256(concat([TAG, cut(first)])), mustBeKept: false }
  return { value: bytesToHex(crypto.getRandomValues(new Uint8Array(32))), mustBeKept: true }
}

function cut(signature: Hex): Hex {
  return signature.slice(0, SIGNATURE_DIGITS) as Hex
}
