import { type Hex, keccak256, toHex } from 'viem'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { KeptReplay } from '../src/files/replayStore'
import { provenance } from '../src/market/recomputed'
import { MarketReplay, type Replayed } from '../src/market/replay'
import type { JobDetail } from '../src/market/types'
import { OutputsTree } from '../src/node/merkle'
import type { Ask, Contracts } from '../src/python/protocol'

const APP = '0x00000000000000000000000000000000000000aa'
const SOURCE = { nodeUrl: 'http://node.invalid/rpc', appAddress: APP } as const

/** A node that has run `inputs`, and has proofs of the first `proven` outputs; each input has one output and no report. */
const node = { inputs: 0, proven: 0, chain: 1, asked: [] as string[] }

function records(method: string) {
  const places = Array.from({ length: node.inputs }, (_, place) => place)
  if (method === 'cartesi_listReports') return []
  if (method === 'cartesi_listOutputs')
    return places.map((place) => ({
      input_index: toHex(place),
      raw_data: outputOf(place),
      output_hashes_siblings: place < node.proven ? ['0x'] : null,
    }))
  return places.map((place) => ({
    index: toHex(place),
    status: 'ACCEPTED',
    raw_data: toHex(node.chain * 1_000_000 + place),
    decoded_data: { chain_id: '0x1', sender: APP, block_number: '0x1', block_timestamp: '0x1', payload: toHex(place) },
  }))
}

const outputOf = (place: number): Hex => toHex(`output ${place}`)

beforeEach(() => {
  Object.assign(node, { inputs: 0, proven: 0, chain: 1, asked: [] })
  vi.stubGlobal('fetch', async (_url: string, { body }: { body: string }) => {
    const { method, params } = JSON.parse(body)
    node.asked.push(method)
    const all = records(method)
    const data = all.slice(params.offset, params.offset + params.limit)
    return new Response(JSON.stringify({ result: { data, pagination: { total_count: all.length } } }))
  })
})

afterEach(() => {
  vi.unstubAllGlobals()
})

/** A program that says of each input what the node says; its state is how many it has run. */
function program() {
  let ran = 0
  const runs: number[] = []
  const ask = (async (name: string, asked: never) => {
    if (name === 'begin') {
      const { kept } = asked as { kept: KeptReplay['snapshot'] | null }
      const restores = kept !== null && kept.digest === `digest ${kept.state.length}`
      ran = restores ? kept.state.length : 0
      return restores
    }
    if (name === 'checkpoint') return { snapshot: { state: new Uint8Array(ran), digest: `digest ${ran}` }, changed: [] }
    const { index } = (asked as { meta: { index: number } }).meta
    expect(index).toBe(ran)
    ran += 1
    runs.push(index)
    return { accepted: true, outputs: [outputOf(index)], reports: [] }
  }) as unknown as Ask
  return { ask, runs }
}

const roots: Hex[] = []
const accepted = async (root: Hex) => {
  roots.push(root)
  return true
}

async function all(replay: MarketReplay): Promise<Replayed[]> {
  const found: Replayed[] = []
  for await (const one of replay.advance()) found.push(one)
  return found
}

const begin = (ask: Ask, kept?: KeptReplay) => MarketReplay.begin(SOURCE, {} as Contracts, ask, accepted, kept)

function rootOf(outputs: number): Hex {
  const tree = new OutputsTree()
  for (let place = 0; place < outputs; place += 1) tree.append(keccak256(outputOf(place)))
  return tree.root()
}

describe('a replay', () => {
  test('asks by pages, not by inputs', async () => {
    node.inputs = 1_000
    const { ask, runs } = program()
    expect((await all(await begin(ask))).every((one) => one.kind === 'equal')).toBe(true)
    expect(runs).toHaveLength(1_000)
    expect(node.asked.length).toBeLessThan(40)
  })

  test('goes on with new inputs, and with claims that come later', async () => {
    node.inputs = 5
    const { ask, runs } = program()
    const replay = await begin(ask)
    expect(await all(replay)).toHaveLength(5)
    expect(await all(replay)).toEqual([])
    Object.assign(node, { inputs: 7, proven: 5 })
    const found = await all(replay)
    expect(found.map((one) => one.kind)).toEqual(['equal', 'equal', 'claim'])
    expect(found.at(-1)).toEqual({ kind: 'claim', outputs: 5, root: rootOf(5), accepted: true })
    expect(await all(replay)).toEqual([])
    expect(runs).toEqual([0, 1, 2, 3, 4, 5, 6])
  })

  test('is resumed: only new inputs are run, and the root is of all outputs', async () => {
    node.inputs = 250
    const first = await begin(program().ask)
    await all(first)
    const { checkpoint } = await first.checkpoint()
    Object.assign(node, { inputs: 253, proven: 252 })
    const { ask, runs } = program()
    const found = await all(await begin(ask, checkpoint))
    expect(runs).toEqual([250, 251, 252])
    expect(found.at(-1)).toEqual({ kind: 'claim', outputs: 252, root: rootOf(252), accepted: true })
  })

  test('begins anew where the chain has another last input, or none', async () => {
    node.inputs = 3
    const first = await begin(program().ask)
    await all(first)
    const { checkpoint } = await first.checkpoint()
    for (const now of [{ chain: 2 }, { chain: 1, inputs: 2 }]) {
      Object.assign(node, now)
      const { ask, runs } = program()
      await all(await begin(ask, checkpoint))
      expect(runs[0]).toBe(0)
    }
  })

  test('begins anew where Python does not know the state', async () => {
    node.inputs = 3
    const first = await begin(program().ask)
    await all(first)
    const { checkpoint } = await first.checkpoint()
    const other = { ...checkpoint, snapshot: { ...checkpoint.snapshot, digest: 'another' } }
    const { ask, runs } = program()
    await all(await begin(ask, other))
    expect(runs).toEqual([0, 1, 2])
  })
})

describe('where a fact comes from', () => {
  const told = (due: string, asked = 10, received = 11) =>
    ({ job: { jobId: 1 }, clients: [{ due }], asked, received }) as unknown as JobDetail
  const job = told('5') as never
  const due = ({ clients }: Pick<JobDetail, 'clients'>) => clients[0]?.due
  const standing = { inputs: 3, since: 9, until: 12 }

  test('the same here: recomputed, whenever it was told', () => {
    expect(provenance(told('5'), { job, standing }, due)).toBe('checked')
    expect(provenance(told('5', 20, 21), { job, standing: null }, due)).toBe('checked')
  })

  test('another one, of the same inputs: it does not match', () => {
    expect(provenance(told('6'), { job, standing }, due)).toBe('differs')
    expect(provenance(told('6'), { job: null, standing }, due)).toBe('differs')
  })

  test('another one, of inputs that may be others: the node says so', () => {
    for (const [asked, received] of [
      [8, 11],
      [10, 13],
      [20, 21],
    ]) {
      expect(provenance(told('6', asked, received), { job, standing }, due)).toBe('node')
    }
    expect(provenance(told('6'), { job: null, standing: null }, due)).toBe('node')
  })
})
