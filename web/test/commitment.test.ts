import { type Address, type Hex, hexToBytes } from 'viem'
import { describe, expect, it } from 'vitest'
import vectors from '../../tests/vectors/commitments.json'
import { holdoutCommitment, modelCommitment, wordOf } from '../src/chain/commitment'

describe('commitments equal those of Python and Solidity', () => {
  it.each(vectors.cases.map((one) => [one.name, one] as const))('%s', (_, one) => {
    const model = one.kind === 'model'
    const context = {
      chainId: BigInt(one.chainId),
      app: one.app as Address,
      word: model ? wordOf(BigInt(one.jobId as string)) : (one.nonce as Hex),
      owner: (model ? one.client : one.sponsor) as Address,
    }
    const made = (model ? modelCommitment : holdoutCommitment)(
      context,
      hexToBytes(one.cidBytes as Hex),
      one.salt as Hex,
    )
    expect(made).toBe(one.commitment)
  })
})
