import { concat, createClient, custom, encodeAbiParameters, type Hex, keccak256, pad, toHex } from 'viem'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { judgeClaim, MadeOutputs } from '../src/market/judging'
import { judgeProofs } from '../src/market/proofs'
import { type AcceptedClaim, type Claims, claimsOf } from '../src/node/claims'
import { HEIGHT, pathOf } from '../src/node/merkle'

const APP = `0x${'aa'.repeat(20)}` as const
const CONSENSUS = `0x${'cc'.repeat(20)}` as const
const SOURCE = { nodeUrl: 'http://node.invalid/rpc', appAddress: APP } as const

/** Blocks an epoch. */
const LENGTH = 10

/** Outputs 0 and 1 are of epoch 0, 2 and 3 of epoch 1, and so on: at blocks 3, 6, 13, 16, ... */
const blockOf = (place: number) => Math.floor(place / 2) * LENGTH + 3 + 3 * (place % 2)

function madeOf(count: number): MadeOutputs {
  const made = new MadeOutputs()
  for (let place = 0; place < count; place += 1) made.append(toHex(place), blockOf(place))
  return made
}

/** What the node says of its epochs, by number. */
let told: Record<number, { status: string; outputs_merkle_root?: Hex | null; first_block?: Hex }>

beforeEach(() => {
  told = {}
  vi.stubGlobal('fetch', async (_url: string, { body }: { body: string }) => {
    const { method, params } = JSON.parse(body)
    const data =
      method === 'cartesi_getEpoch'
        ? {
            first_block: toHex(params.epoch_index * LENGTH),
            status: 'CLAIM_COMPUTED',
            ...told[Number(params.epoch_index)],
          }
        : [{ epoch_index: toHex(Math.floor(params.offset / 2)) }]
    return new Response(JSON.stringify({ result: { data, pagination: { total_count: 99 } } }))
  })
})

afterEach(() => {
  vi.unstubAllGlobals()
})

/** A chain that has accepted these, in order, each in the block after its last one. */
function chainOf(accepted: AcceptedClaim[]) {
  const asked: number[] = []
  const claims: Claims = {
    isAccepted: async (root) => accepted.some((one) => one.root === root),
    acceptedSince: async (first) => {
      asked.push(first)
      return accepted.filter((one) => one.lastBlock + 1 >= first)
    },
    inputHashes: async () => [],
    blockOf: async (input) => blockOf(input),
  }
  return { claims, asked }
}

const OTHER = `0x${'ee'.repeat(32)}` as const
const made = madeOf(8)
const honest = (epoch: number): AcceptedClaim => ({
  lastBlock: epoch * LENGTH + LENGTH - 1,
  root: made.rootOf(2 * epoch + 2),
})
const lie = (epoch: number): AcceptedClaim => ({ ...honest(epoch), root: OTHER })

describe('a claim of a replay', () => {
  const judged = (proven: number, claims: Claims, claimed = 0) => judgeClaim(made, proven, claimed, SOURCE, claims)

  test('is accepted where the chain says so, whatever the node says', async () => {
    told[1] = { status: 'CLAIM_REJECTED' }
    const { claims } = chainOf([honest(0), honest(1)])
    expect(await judged(4, claims)).toEqual({ standing: 'accepted', claimed: 4 })
  })

  test.each(['CLAIM_COMPUTED', 'CLAIM_SUBMITTED', 'CLAIM_STAGED'])(
    'is pending while its epoch is %s',
    async (status) => {
      told[2] = { status, outputs_merkle_root: made.rootOf(6) }
      const { claims, asked } = chainOf([honest(0), honest(1)])
      expect(await judged(6, claims)).toEqual({ standing: 'pending', claimed: 4 })
      expect(asked).toEqual([blockOf(4)])
    },
  )

  test('is pending where no claim of a market was ever accepted, and where several wait', async () => {
    expect(await judged(2, chainOf([]).claims)).toEqual({ standing: 'pending', claimed: 0 })
    expect(await judged(6, chainOf([honest(0)]).claims)).toEqual({ standing: 'pending', claimed: 2 })
  })

  test.each(['CLAIM_ACCEPTED', 'CLAIM_REJECTED', 'CLAIM_FORECLOSED'])(
    'differs where the node says %s',
    async (status) => {
      told[2] = { status }
      expect((await judged(6, chainOf([honest(0), honest(1)]).claims)).standing).toBe('differs')
    },
  )

  test('differs where the node claims another root than its outputs lead to', async () => {
    told[2] = { status: 'CLAIM_COMPUTED', outputs_merkle_root: OTHER }
    expect((await judged(6, chainOf([honest(0), honest(1)]).claims)).standing).toBe('differs')
  })

  test.each([
    ['the same epoch', [honest(0), honest(1), lie(2)]],
    ['a later one', [honest(0), honest(1), lie(3)]],
  ])('differs where the chain has accepted another root for %s, though the node says that it waits', async (_, all) => {
    expect((await judged(6, chainOf(all).claims)).standing).toBe('differs')
  })

  test('a node that hides earlier lies behind a claim that always waits', async () => {
    // The chain has other outputs for epoch 1; the node's newest claim, of epoch 2, has not been submitted.
    expect((await judged(6, chainOf([honest(0), lie(1)]).claims)).standing).toBe('differs')
    // So it has where no epoch of the node was ever accepted, and where it lies about where its epochs begin.
    expect((await judged(6, chainOf([lie(0)]).claims)).standing).toBe('differs')
    told[2] = { status: 'CLAIM_COMPUTED', first_block: '0x63' }
    expect((await judged(6, chainOf([honest(0), lie(1)]).claims)).standing).toBe('differs')
  })

  test('is accepted where the chain accepts it while it is judged', async () => {
    told[2] = { status: 'CLAIM_ACCEPTED' }
    const { claims } = chainOf([honest(0), honest(1)])
    const answers = [false, true]
    const isAccepted = async (root: Hex) =>
      root === made.rootOf(6) ? answers.shift() === true : claims.isAccepted(root)
    expect(await judged(6, { ...claims, isAccepted })).toEqual({ standing: 'accepted', claimed: 6 })
  })

  test('outputs are kept with their blocks', () => {
    const again = new MadeOutputs()
    again.restore(made.kept())
    expect(again.rootOf(5)).toBe(made.rootOf(5))
    expect(again.upTo(13)).toBe(3)
    expect(again.count).toBe(8)
  })
})

describe('proofs', () => {
  const EMPTY = Array.from({ length: HEIGHT }, (_, level) => pad(toHex(level), { size: 32 }))
  /** The two proofs of an epoch, that lead to one root. */
  function epochOf(epoch: number) {
    const hashes = [2 * epoch, 2 * epoch + 1].map((place) => keccak256(toHex(place)))
    return hashes.map((hash, at) => ({
      index: 2 * epoch + at,
      inputIndex: 2 * epoch + at,
      epochIndex: epoch,
      hash,
      siblings: [hashes[1 - at] as Hex, ...EMPTY.slice(1)],
    }))
  }
  const rootOf = (epoch: number) => {
    const [first] = epochOf(epoch)
    return pathOf(first?.hash ?? '0x', first?.index ?? 0, first?.siblings ?? [])[HEIGHT] as Hex
  }
  const claimOf = (epoch: number, root = rootOf(epoch)) => ({ lastBlock: epoch * LENGTH + LENGTH - 1, root })
  const proofs = [0, 1].flatMap(epochOf)
  const sound = new Set(proofs.slice(0, 2))
  const judged = async (all = proofs, accepted = [claimOf(0)], ok: Set<(typeof all)[number]> = sound) =>
    [...(await judgeProofs(all, ok, SOURCE, chainOf(accepted).claims))].map((one) => one.index)

  test('of an epoch whose claim is computed are pending', async () => {
    told[1] = { status: 'CLAIM_SUBMITTED', outputs_merkle_root: rootOf(1) }
    expect(await judged()).toEqual([2, 3])
  })

  test('of an epoch that was decided, by the node’s word, differ', async () => {
    told[1] = { status: 'CLAIM_ACCEPTED' }
    expect(await judged()).toEqual([])
    told[1] = { status: 'CLAIM_COMPUTED', outputs_merkle_root: OTHER }
    expect(await judged()).toEqual([])
  })

  test('of an epoch for which the chain has accepted another root, or for a later one, differ', async () => {
    for (const epoch of [1, 2]) expect(await judged(proofs, [claimOf(0), claimOf(epoch, OTHER)])).toEqual([])
  })

  test('that lead to several roots within one epoch differ, and those beside a proven one', async () => {
    const [, , third, fourth] = proofs
    const crooked = { ...(third as (typeof proofs)[number]), siblings: [...EMPTY].reverse() }
    expect(await judged([...proofs.slice(0, 2), crooked, fourth as (typeof proofs)[number]])).toEqual([])
    expect(await judged(proofs, [claimOf(0)], new Set(proofs.slice(0, 3)))).toEqual([])
    expect(await judged([{ ...crooked, siblings: EMPTY.slice(1) }])).toEqual([])
  })

  test('of an input that the chain does not have differ', async () => {
    const { claims } = chainOf([claimOf(0)])
    const judging = judgeProofs(proofs, sound, SOURCE, { ...claims, blockOf: async () => undefined })
    expect([...(await judging)]).toEqual([])
  })
})

describe('accepted claims, read from the chain', () => {
  /** A chain whose service takes so many blocks at once. */
  function chain(most: number) {
    const state = {
      head: 5_000,
      accepted: [] as (AcceptedClaim & { block: number })[],
      asked: [] as [number, number][],
    }
    const request = async ({ method, params }: { method: string; params?: unknown }) => {
      if (method === 'eth_blockNumber') return toHex(state.head)
      if (method === 'eth_call') return pad(CONSENSUS, { size: 32 })
      const [{ fromBlock, toBlock, address, topics }] = params as [Record<string, string> & { topics: Hex[] }]
      const [from, to] = [Number(fromBlock), Number(toBlock)]
      if (to - from >= most) throw new Error('too many blocks')
      state.asked.push([from, to])
      expect(address?.toLowerCase()).toBe(CONSENSUS)
      expect(topics[1]).toBe(pad(APP, { size: 32 }))
      return state.accepted
        .filter((one) => one.block >= from && one.block <= to)
        .map(({ block, lastBlock, root }) => ({
          address,
          topics,
          data: encodeAbiParameters([{ type: 'uint256' }, { type: 'bytes32' }], [BigInt(lastBlock), root]),
          blockNumber: toHex(block),
          blockHash: OTHER,
          transactionHash: OTHER,
          transactionIndex: '0x0',
          logIndex: '0x0',
          removed: false,
        }))
    }
    const client = createClient({ transport: custom({ request }, { retryCount: 0 }) })
    return { state, claims: claimsOf(client, SOURCE) }
  }

  test('in ranges that the service takes, each block once', async () => {
    const { state, claims } = chain(700)
    state.accepted = [
      { block: 10, lastBlock: 9, root: OTHER },
      { block: 4_990, lastBlock: 4_989, root: keccak256(concat([OTHER])) },
    ]
    expect((await claims.acceptedSince(100)).map((one) => one.lastBlock)).toEqual([4_989])
    expect(state.asked[0]?.[0]).toBe(100)
    expect(state.asked.at(-1)?.[1]).toBe(5_000)
    for (const [at, [from]] of state.asked.entries()) if (at) expect(from).toBe((state.asked[at - 1]?.[1] ?? 0) + 1)
  })

  test('again, only what is new and what a re-org may have changed', async () => {
    const { state, claims } = chain(9_999)
    state.accepted = [
      { block: 4_000, lastBlock: 3_999, root: OTHER },
      { block: 4_950, lastBlock: 4_949, root: OTHER },
    ]
    expect(await claims.acceptedSince(100)).toHaveLength(2)
    state.asked = []
    state.head = 5_010
    state.accepted.splice(1, 1, { block: 5_005, lastBlock: 4_949, root: OTHER })
    expect((await claims.acceptedSince(100)).map((one) => one.lastBlock)).toEqual([3_999, 4_949])
    expect(state.asked).toEqual([[4_801, 5_010]])
  })

  test('a service that takes not even one block is named', async () => {
    await expect(chain(0).claims.acceptedSince(4_990)).rejects.toThrow('too many blocks')
  })
})
