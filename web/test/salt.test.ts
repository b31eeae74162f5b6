import { bytesToHex } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { describe, expect, it } from 'vitest'
import { wordOf } from '../src/chain/commitment'
import { deriveSalt, saltData } from '../src/chain/salt'

/** The devnet's client1: the third of the accounts that every development chain has. */
const ACCOUNT = privateKeyToAccount('0x5de4111afa1a4b94908f83103eb1f1706367c2e68ca870fc3fb9a804cdab365a')
const APP = `0x${'ab'.repeat(20)}` as const

describe('salts are those that the command derives (tests/unit/sdk/wallet/test_salts.py)', () => {
  it.each([
    ['model', wordOf(7), '0x56da6b5f6a3843c260ae067cc1fb2d8bb42cb29199284d331d2f3d16e6475ae1'],
    [
      'holdout',
      bytesToHex(Uint8Array.from({ length: 32 }, (_, index) => index)),
      '0xa946b3c6a7ce8edc80e98ad5859cb81b0b7bc6cbb376f1dce00fd974e982744b',
    ],
  ] as const)('of a %s', async (purpose, word, salt) => {
    const data = saltData(purpose, 31_337, APP, word, ACCOUNT.address)
    expect(await deriveSalt(data, (one) => ACCOUNT.signTypedData(one))).toEqual({ value: salt, mustBeKept: false })
  })
})
