import { type Address, type Hex, hexToBytes, keccak256 } from 'viem'
import { OutputsTree } from '../node/merkle'
import { reportCodes } from '../node/outcome'
import { call } from '../node/rpc'
import type { Ask, Contracts } from '../python/protocol'

/** Where the market is that is run again. */
export interface Source {
  nodeUrl: string
  appAddress: Address
}

/** Whether the consensus contract has accepted a root; told by a chain, not by the node. */
export type Accepted = (root: Hex) => Promise<boolean>

/**
 * What was found: an input's outputs and reports are those of the node (`equal`); the dapp itself failed on it, so the
 * node's verdict is taken, and it is not run here (`bug`); something differs; or, at the end, the claim.
 */
export type Replayed =
  | { kind: 'equal' | 'bug'; input: number; outputs: number; reports: number }
  | Difference
  | { kind: 'claim'; outputs: number; root: Hex; accepted: boolean }

/** `place` counts the input's outputs or reports from 0. */
export interface Difference {
  kind: 'differs'
  input: number
  what: 'verdict' | 'output' | 'report'
  place: number
  here: string
  there: string
}

interface RawInput {
  index: Hex
  status: string
  decoded_data: {
    chain_id: Hex
    sender: Address
    block_number: Hex
    block_timestamp: Hex
    payload: Hex
  }
}

interface RawOutput {
  raw_data: Hex
  output_hashes_siblings: Hex[] | null
}

interface RawReport {
  raw_data: Hex
}

interface PageOf<T> {
  data: T[]
  pagination: { total_count: number }
}

/** Records asked for at once. */
const PAGE = 100

/** Status of an input in which the dapp itself failed: the node's verdict is taken, for a crash has no outputs. */
const CRASHED = new Set(['EXCEPTION', 'MACHINE_HALTED', 'OUTPUTS_LIMIT_EXCEEDED'])

/** What stands for an output or a report that one side has and the other has not. */
const NOTHING = 'nothing'

/**
 * Run all inputs of an Application again with the machine's own Python; compare every output and report with the
 * node's, and the root of the outputs with what the chain has accepted. Ends at the first difference.
 *
 * @throws PythonError, NodeError
 */
export async function* replayed(
  source: Source,
  contracts: Contracts,
  python: Ask,
  accepted: Accepted,
): AsyncGenerator<Replayed> {
  await python('begin', { contracts })
  const tree = new OutputsTree()
  let claimed: { outputs: number; root: Hex } | undefined
  for await (const input of records<RawInput>(source, 'cartesi_listInputs', {})) {
    if (input.status === 'NONE') break
    const number = Number(input.index)
    if (await metABug(source, input)) {
      yield { kind: 'bug', input: number, outputs: 0, reports: 0 }
      continue
    }
    const made = await python('advance', {
      meta: metaOf(source, input),
      payload: hexToBytes(input.decoded_data.payload),
    })
    const verdict = made.accepted ? 'ACCEPTED' : 'REJECTED'
    if (verdict !== input.status) {
      yield { kind: 'differs', input: number, what: 'verdict', place: 0, here: verdict, there: input.status }
      return
    }
    const outputs = await all<RawOutput>(source, 'cartesi_listOutputs', input)
    const reports = await all<RawReport>(source, 'cartesi_listReports', input)
    const here = made.accepted ? made.outputs : []
    const wrong =
      difference(
        'output',
        here,
        outputs.map((one) => one.raw_data),
      ) ??
      difference(
        'report',
        made.reports,
        reports.map((one) => one.raw_data),
      )
    if (wrong) {
      yield { ...wrong, input: number }
      return
    }
    for (const one of here) tree.append(keccak256(one))
    if (outputs.some((one) => one.output_hashes_siblings?.length)) claimed = { outputs: tree.size, root: tree.root() }
    yield { kind: 'equal', input: number, outputs: here.length, reports: reports.length }
  }
  if (claimed) yield { kind: 'claim', ...claimed, accepted: await accepted(claimed.root) }
}

/** Whether the dapp failed on an input: what a crash or a bug leads to cannot be computed again. */
async function metABug(source: Source, input: RawInput): Promise<boolean> {
  if (input.status !== 'REJECTED') return CRASHED.has(input.status)
  return (await reportCodes(source, Number(input.index))).includes('BUG')
}

function metaOf(source: Source, { index, decoded_data: decoded }: RawInput) {
  return {
    chain_id: Number(decoded.chain_id),
    app: source.appAddress.toLowerCase() as Address,
    sender: decoded.sender.toLowerCase() as Address,
    block_number: Number(decoded.block_number),
    timestamp: Number(decoded.block_timestamp),
    index: Number(index),
  }
}

function difference(what: 'output' | 'report', here: Hex[], there: Hex[]): Omit<Difference, 'input'> | undefined {
  for (let place = 0; place < Math.max(here.length, there.length); place += 1) {
    const [mine, told] = [here[place], there[place]]
    if (mine !== told) {
      const shown = (one: Hex | undefined) => (one === undefined ? NOTHING : keccak256(one))
      return { kind: 'differs', what, place, here: shown(mine), there: shown(told) }
    }
  }
  return undefined
}

/** All records of one input. */
async function all<T>(source: Source, method: string, input: RawInput): Promise<T[]> {
  const found: T[] = []
  for await (const one of records<T>(source, method, { input_index: input.index })) found.push(one)
  return found
}

async function* records<T>(source: Source, method: string, filter: Record<string, unknown>): AsyncGenerator<T> {
  for (let offset = 0; ; ) {
    const params = { application: source.appAddress, ...filter, limit: PAGE, offset }
    const page = await call<PageOf<T>>(source.nodeUrl, method, params)
    yield* page.data
    offset += page.data.length
    if (page.data.length === 0 || offset >= page.pagination.total_count) return
  }
}
