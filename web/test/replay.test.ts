import { noticesAbi, outputsAbi } from '@deml/abi'
import { encodeFunctionData, type Hex, keccak256, parseAbi, stringToHex, toHex } from 'viem'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { provenance } from '../src/market/recomputed'
import { type Checkpoint, MarketReplay, type Replayed } from '../src/market/replay'
import type { JobDetail } from '../src/market/types'
import type { Claims } from '../src/node/claims'
import { OutputsTree } from '../src/node/merkle'
import type { RawInput } from '../src/node/records'
import { decodeInput, encodedAgain } from '../src/node/wire'
import type { Advanced, Ask, Contracts } from '../src/python/protocol'
import { verifyWords } from '../src/words/verify'

const APP = '0x00000000000000000000000000000000000000aa'
const SOURCE = { nodeUrl: 'http://node.invalid/rpc', appAddress: APP } as const

const ADVANCE = parseAbi([
  'function EvmAdvance(uint256, address, address, uint256, uint256, uint256, uint256, bytes payload)',
])

/** An input as the InputBox encodes it. */
const advance = (chain: number, place: number): Hex =>
  encodeFunctionData({
    abi: ADVANCE,
    args: [BigInt(chain), APP, APP, 7n, 1_700_000_000n, 99n, BigInt(place), stringToHex(`payload ${place}`)],
  })

/** A node that has run `inputs`, and has proofs of the first `proven` outputs; each input has one output and no report. */
const node = {
  inputs: 0,
  /** How many inputs the chain has, and their bytes. */
  sent: 0,
  bytes: (place: number): Hex => advance(node.chain, place),
  proven: 0,
  chain: 1,
  asked: [] as string[],
  /** What it makes of an input before it tells of it. */
  lie: (input: RawInput): RawInput => input,
  reports: [] as { input_index: Hex; raw_data: Hex }[],
  /** Inputs that have led to no output. */
  without: new Set<number>(),
}

function records(method: string) {
  const places = Array.from({ length: node.inputs }, (_, place) => place)
  if (method === 'cartesi_listReports') return node.reports
  if (method === 'cartesi_listOutputs')
    return places
      .filter((place) => !node.without.has(place))
      .map((place) => ({
        input_index: toHex(place),
        raw_data: outputOf(place),
        output_hashes_siblings: place < node.proven ? ['0x'] : null,
      }))
  return places.map((place) => node.lie(inputAt(place)))
}

function inputAt(place: number): RawInput {
  return {
    index: toHex(place),
    status: 'ACCEPTED',
    raw_data: node.bytes(place),
    decoded_data: {
      chain_id: toHex(node.chain),
      sender: APP,
      block_number: '0x7',
      block_timestamp: toHex(1_700_000_000),
      payload: stringToHex(`payload ${place}`),
    },
  }
}

const notice = (payload: Hex) => encodeFunctionData({ abi: outputsAbi, functionName: 'Notice', args: [payload] })

const outputOf = (place: number): Hex =>
  notice(encodeFunctionData({ abi: noticesAbi, functionName: 'ToppedUp', args: [BigInt(place), 5n] }))

const BUG = stringToHex('{"code":"BUG","message":"The dapp has a bug"}')

beforeEach(() => {
  Object.assign(node, {
    inputs: 0,
    sent: Number.MAX_SAFE_INTEGER,
    bytes: (place: number) => advance(node.chain, place),
    proven: 0,
    chain: 1,
    asked: [],
    reports: [],
    lie: (one: RawInput) => one,
  })
  node.without.clear()
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

/** A program that says of each input what the node says, but where it is told otherwise; its state is how many it has run. */
function program(otherwise: Record<number, Advanced> = {}) {
  let ran = 0
  const runs: number[] = []
  const payloads: string[] = []
  const ask = (async (name: string, asked: never) => {
    if (name === 'begin') {
      const { kept } = asked as { kept: Checkpoint['snapshot'] | null }
      const restores = kept !== null && kept.digest === `digest ${kept.state.length}`
      ran = restores ? kept.state.length : 0
      return restores
    }
    if (name === 'checkpoint') return { snapshot: { state: new Uint8Array(ran), digest: `digest ${ran}` }, changed: [] }
    const { meta, payload } = asked as { meta: { index: number }; payload: Uint8Array }
    const { index } = meta
    expect(index).toBe(ran)
    ran += 1
    runs.push(index)
    payloads.push(new TextDecoder().decode(payload))
    return otherwise[index] ?? { accepted: true, outputs: [outputOf(index)], reports: [] }
  }) as unknown as Ask
  return { ask, runs, payloads }
}

/** A chain that has accepted every root. */
const CLAIMS: Claims = {
  isAccepted: async () => true,
  acceptedSince: async () => [],
  inputHashes: async (first, count) => {
    const known = Math.max(0, Math.min(count, node.sent - first))
    return Array.from({ length: known }, (_, place) => keccak256(node.bytes(first + place)))
  },
  blockOf: async () => undefined,
}

async function all(replay: MarketReplay): Promise<Replayed[]> {
  const found: Replayed[] = []
  for await (const one of replay.advance()) found.push(one)
  return found
}

const begin = (ask: Ask, kept?: Checkpoint) => MarketReplay.begin(SOURCE, {} as Contracts, ask, CLAIMS, kept)

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
    expect(found.at(-1)).toEqual({ kind: 'claim', outputs: 5, root: rootOf(5), standing: 'accepted' })
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
    expect(found.at(-1)).toEqual({ kind: 'claim', outputs: 252, root: rootOf(252), standing: 'accepted' })
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

describe('the wire, by a second implementation', () => {
  test('the program is given what the bytes say', async () => {
    node.inputs = 2
    const { ask, payloads } = program()
    await all(await begin(ask))
    expect(payloads).toEqual(['payload 0', 'payload 1'])
    expect(decodeInput(advance(31337, 4))?.meta).toEqual({
      ...{ chain_id: 31337, app: APP, sender: APP, block_number: 7, timestamp: 1_700_000_000, index: 4 },
    })
  })

  test.each([
    ['chain_id', '0x2', 'chain 1', 'chain 2'],
    ['sender', `0x${'bb'.repeat(20)}`, `sender ${APP}`, `sender 0x${'bb'.repeat(20)}`],
    ['block_number', '0x8', 'block 7', 'block 8'],
    ['block_timestamp', '0x1', 'time 1700000000', 'time 1'],
    ['payload', '0x00', `payload ${stringToHex('payload 1')}`, 'payload 0x00'],
  ])('a node whose reading of %s is a lie, though its bytes are right', async (field, lie, here, there) => {
    node.inputs = 3
    node.lie = (one) => (one.index === '0x1' ? { ...one, decoded_data: { ...one.decoded_data, [field]: lie } } : one)
    const { ask, runs } = program()
    const found = await all(await begin(ask))
    expect(found.at(-1)).toEqual({ kind: 'differs', input: 1, what: 'input', place: 0, here, there })
    expect(runs).toEqual([0])
  })

  test('a node that makes up an input, or changes one, though it then reads it rightly', async () => {
    Object.assign(node, { inputs: 3, sent: 2 })
    const made = await all(await begin(program().ask))
    const [here, there] = ['nothing', keccak256(advance(1, 2))]
    expect(made.at(-1)).toEqual({ kind: 'differs', input: 2, what: 'chain', place: 0, here, there })
    node.lie = (one) => (one.index === '0x1' ? { ...one, raw_data: advance(2, 1) } : one)
    const { ask, runs } = program()
    expect((await all(await begin(ask))).at(-1)).toMatchObject({ kind: 'differs', input: 1, what: 'chain' })
    expect(runs).toEqual([0])
  })

  test('is not resumed where the chain does not have the last input that was run', async () => {
    node.inputs = 3
    const first = await begin(program().ask)
    await all(first)
    const { checkpoint } = await first.checkpoint()
    node.sent = 2
    const { ask, runs } = program()
    await all(await begin(ask, checkpoint))
    expect(runs).toEqual([0, 1])
  })

  test.each([
    ['another place', (place: number) => advance(1, place + 1)],
    ['another function', () => '0x12345678' as Hex],
    ['bytes after its end', (place: number) => `${advance(1, place)}00` as Hex],
  ])('bytes of an input of %s are not run', async (_, bytes) => {
    node.inputs = 1
    node.bytes = bytes
    const { ask, runs } = program()
    expect(await all(await begin(ask))).toMatchObject([{ kind: 'differs', input: 0, what: 'input' }])
    expect(runs).toEqual([])
  })

  test.each([
    [
      'an address with dirt above it',
      (raw: Hex) => raw.replace(`${'0'.repeat(24)}${APP.slice(2)}`, `01${'0'.repeat(22)}${APP.slice(2)}`),
    ],
    ['bytes after its end', (raw: Hex) => `${raw}00`],
    ['a notice that IDeML.sol does not have', () => notice('0xdeadbeef')],
    ['no output at all', () => '0xdeadbeef'],
  ])('an output with %s, of which node and program agree', async (_, change) => {
    const accepted = encodeFunctionData({ abi: noticesAbi, functionName: 'Accepted', args: [1n, APP, APP] })
    const wrong = change(notice(accepted)) as Hex
    expect(encodedAgain(notice(accepted))).toBe(notice(accepted))
    expect(encodedAgain(wrong)).not.toBe(wrong)
    node.inputs = 1
    vi.stubGlobal('fetch', lyingOf(wrong))
    const { ask } = program({ 0: { accepted: true, outputs: [wrong], reports: [] } })
    expect(await all(await begin(ask))).toMatchObject([{ kind: 'differs', what: 'encoding', there: keccak256(wrong) }])
  })

  test('payments are read to their ends, too', () => {
    const calls = parseAbi([
      'function safeTransfer(address token, address to, uint256 amount)',
      'function safeTransferFrom(address from, address to, uint256 id, bytes data)',
    ])
    const erc20 = encodeFunctionData({ abi: calls, functionName: 'safeTransfer', args: [APP, APP, 5n] })
    const erc721 = encodeFunctionData({ abi: calls, functionName: 'safeTransferFrom', args: [APP, APP, 5n, '0x'] })
    for (const output of [
      encodeFunctionData({ abi: outputsAbi, functionName: 'DelegateCallVoucher', args: [APP, erc20] }),
      encodeFunctionData({ abi: outputsAbi, functionName: 'Voucher', args: [APP, 0n, erc721] }),
      encodeFunctionData({ abi: outputsAbi, functionName: 'Voucher', args: [APP, 10n ** 18n, '0x'] }),
    ]) {
      expect(encodedAgain(output)).toBe(output)
    }
  })
})

/** A node whose only input has led to this output. */
function lyingOf(output: Hex) {
  return async (_url: string, { body }: { body: string }) => {
    const { method } = JSON.parse(body)
    const data = method === 'cartesi_listOutputs' ? [{ input_index: '0x0', raw_data: output }] : records(method)
    return new Response(JSON.stringify({ result: { data, pagination: { total_count: data.length } } }))
  }
}

describe('an input that the dapp failed on', () => {
  const failed: Advanced = { accepted: false, outputs: [], reports: [BUG] }
  const refused: Advanced = { accepted: false, outputs: [], reports: [stringToHex('{"code":"JOB_UNKNOWN"}')] }
  const statuses = ['EXCEPTION', 'MACHINE_HALTED', 'OUTPUTS_LIMIT_EXCEEDED', 'REJECTED']

  beforeEach(() => {
    node.inputs = 3
    node.without.add(1)
  })

  const saysBug = (status: string) => {
    node.lie = (one) => (one.index === '0x1' ? { ...one, status } : one)
    if (status === 'REJECTED') node.reports = [{ input_index: '0x1', raw_data: BUG }]
  }

  test.each(statuses)('%s: it is run, fails here too, and is counted', async (status) => {
    saysBug(status)
    const { ask, runs } = program({ 1: failed })
    const replay = await begin(ask)
    expect((await all(replay)).map((one) => one.kind)).toEqual(['equal', 'bug', 'equal'])
    expect(runs).toEqual([0, 1, 2])
    expect(replay.bugs).toEqual([1])
  })

  test.each(statuses)('%s: it succeeds here, or is refused, so the node says what is not so', async (status) => {
    saysBug(status)
    for (const made of [{ accepted: true, outputs: [outputOf(1)], reports: [] }, refused]) {
      const found = await all(await begin(program({ 1: made }).ask))
      const here = made.accepted ? 'ACCEPTED' : 'REJECTED'
      expect(found.at(-1)).toMatchObject({ kind: 'differs', input: 1, what: 'verdict', here, there: `${status}, BUG` })
    }
  })

  test('it fails here and not there', async () => {
    node.without.clear()
    const found = await all(await begin(program({ 1: failed }).ask))
    expect(found.at(-1)).toMatchObject({ kind: 'differs', input: 1, what: 'verdict', here: 'REJECTED' })
  })

  test('is still told of after a replay was resumed', async () => {
    saysBug('EXCEPTION')
    const first = await begin(program({ 1: failed }).ask)
    await all(first)
    const { checkpoint } = await first.checkpoint()
    node.inputs = 4
    const second = await begin(program().ask, checkpoint)
    await all(second)
    expect(second.bugs).toEqual([1])
  })

  test('is never called all equal', () => {
    expect(verifyWords.replay.doneBut(3, 2, 1)).toContain('On 1 of the inputs the program failed')
    expect(verifyWords.replay.doneBut(3, 2, 1)).not.toContain('all equal')
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
