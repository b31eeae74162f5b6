import { type Address, type Hex, hexToBytes, keccak256 } from 'viem'
import type { Settings } from '../app/settings'
import { reportCodes } from '../node/outcome'
import { call } from '../node/rpc'
import type { PythonEngine } from '../python/engine'
import type { Contracts } from '../python/protocol'

/** What the browser found of one input: its own outputs are the node's, or where they differ. */
export interface Replayed {
  input: number
  /** `bug`: the dapp itself failed on it, so the node's verdict is taken, and it is not run here. */
  status: 'equal' | 'differs' | 'bug'
  /** Outputs recomputed so far. */
  checked: number
  difference?: { output: number | null; here: string; there: string }
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
  index: Hex
  raw_data: Hex
}

interface PageOf<T> {
  data: T[]
  pagination: { total_count: number }
}

/** Inputs asked for at once. */
const PAGE = 50

/** Status of an input in which the dapp itself failed: the node's verdict is taken, for a crash has no outputs. */
const CRASHED = new Set(['EXCEPTION', 'MACHINE_HALTED', 'OUTPUTS_LIMIT_EXCEEDED'])

/**
 * Run all inputs of the Application again with the machine's own Python, and compare every output with the node's.
 *
 * @throws PythonError, NodeError
 */
export async function* replayed(
  settings: Settings,
  contracts: Contracts,
  python: PythonEngine,
): AsyncGenerator<Replayed> {
  await python.ask('begin', { contracts })
  const application = settings.appAddress
  let checked = 0
  for (let offset = 0; ; ) {
    const params = { application, limit: PAGE, offset }
    const page = await call<PageOf<RawInput>>(settings.nodeUrl, 'cartesi_listInputs', params)
    for (const input of page.data) {
      if (input.status === 'NONE') return
      if (await metABug(settings, input)) {
        yield { input: Number(input.index), checked, status: 'bug' }
        continue
      }
      const found = await again(settings, python, input)
      checked += found.count
      yield { input: Number(input.index), checked, ...found.result }
    }
    offset += page.data.length
    if (page.data.length === 0 || offset >= page.pagination.total_count) return
  }
}

/** Whether the dapp failed on an input: what a crash or a bug leads to cannot be computed again. */
async function metABug(settings: Settings, input: RawInput): Promise<boolean> {
  if (input.status !== 'REJECTED') return CRASHED.has(input.status)
  return (await reportCodes(settings, Number(input.index))).includes('BUG')
}

async function again(
  settings: Settings,
  python: PythonEngine,
  input: RawInput,
): Promise<{ count: number; result: Pick<Replayed, 'status' | 'difference'> }> {
  const { decoded_data: decoded } = input
  const meta = {
    chain_id: Number(decoded.chain_id),
    app: settings.appAddress.toLowerCase() as Address,
    sender: decoded.sender.toLowerCase() as Address,
    block_number: Number(decoded.block_number),
    timestamp: Number(decoded.block_timestamp),
    index: Number(input.index),
  }
  const made = await python.ask('advance', { meta, payload: hexToBytes(decoded.payload) })
  const accepted = made.accepted ? 'ACCEPTED' : 'REJECTED'
  if (accepted !== input.status) {
    return {
      count: 0,
      result: { status: 'differs', difference: { output: null, here: accepted, there: input.status } },
    }
  }
  const params = { application: settings.appAddress, input_index: input.index, limit: 100, offset: 0 }
  const told = (await call<PageOf<RawOutput>>(settings.nodeUrl, 'cartesi_listOutputs', params)).data
  const here = made.accepted ? made.outputs.map((one) => keccak256(one)) : []
  const there = told.map((one) => keccak256(one.raw_data))
  for (let place = 0; place < Math.max(here.length, there.length); place += 1) {
    if (here[place] !== there[place]) {
      const stored = told[place]
      const output = stored ? Number(stored.index) : null
      const difference = { output, here: here[place] ?? 'nothing', there: there[place] ?? 'nothing' }
      return { count: place, result: { status: 'differs', difference } }
    }
  }
  return { count: here.length, result: { status: 'equal' } }
}
