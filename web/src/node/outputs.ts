import { noticesAbi, outputsAbi } from '@deml/abi'
import { type Address, type ContractFunctionArgs, decodeFunctionData, type Hex, keccak256, toHex } from 'viem'
import type { Settings } from '../app/settings'
import { call } from './rpc'

/** Most records the node gives in one page. */
const PAGE = 100

/** Selectors by which the node filters outputs. */
const NOTICE = '0xc258d6e5'
const VOUCHER = '0x237a816f'
const DELEGATE_CALL = '0x10321e8b'

export interface StoredOutput {
  index: number
  inputIndex: number
  epochIndex: number
  raw: Hex
  hash: Hex
  siblings: readonly Hex[] | null
  executedIn: Hex | null
}

type NoticeName = (typeof noticesAbi)[number]['name']
type ArgsOf<N extends NoticeName> = ContractFunctionArgs<typeof noticesAbi, 'nonpayable', N>

/** A notice of the dapp, decoded; `args` are in the order of `IDeML.sol`. */
export type Notice = { [N in NoticeName]: { name: N; args: ArgsOf<N> } }[NoticeName] & { jobId: number }

export interface NoticeOutput extends StoredOutput {
  /** Its number among all notices, from 0. */
  place: number
  notice: Notice
}

export interface Voucher extends StoredOutput {
  destination: Address
  payload: Hex
}

interface RawOutput {
  index: Hex
  input_index: Hex
  epoch_index: Hex
  raw_data: Hex
  output_hashes_siblings: Hex[] | null
  execution_transaction_hash: Hex | null
}

interface PageOf<T> {
  data: T[]
  pagination: { total_count: number; limit: number; offset: number }
}

/** DeML's notices among some of all notices; strangers' in the same Application are left out. */
export interface NoticePage {
  notices: NoticeOutput[]
  /** How many notices are before the end of this page, and the hash of the last one. */
  read: number
  head: Hex | undefined
}

/** Notices from number `start` among all notices, in order, page by page. */
export async function* noticePages(settings: Settings, start: number, limit = PAGE): AsyncGenerator<NoticePage> {
  let offset = start
  for (;;) {
    const page = await listPage(settings, NOTICE, offset, limit)
    const all = page.data.map(stored)
    const notices = all.flatMap((one, index) => {
      const notice = readNotice(one.raw)
      return notice ? [{ ...one, notice, place: offset + index }] : []
    })
    offset += all.length
    yield { notices, read: offset, head: all.at(-1)?.hash }
    if (all.length === 0 || offset >= page.pagination.total_count) return
  }
}

/** Notices that an input has led to. */
export async function noticesOf(settings: Settings, inputIndex: number): Promise<Notice[]> {
  const params = { application: settings.appAddress, input_index: toHex(inputIndex), limit: PAGE, offset: 0 }
  const { data } = await call<PageOf<RawOutput>>(settings.nodeUrl, 'cartesi_listOutputs', params)
  return data.flatMap((one) => readNotice(one.raw_data) ?? [])
}

/** All vouchers, in order. */
export async function vouchers(settings: Settings): Promise<Voucher[]> {
  const found: Voucher[] = []
  for (const kind of [VOUCHER, DELEGATE_CALL]) {
    let offset = 0
    for (;;) {
      const page = await listPage(settings, kind, offset)
      for (const one of page.data.map(stored)) {
        const { args } = decodeFunctionData({ abi: outputsAbi, data: one.raw })
        const [destination] = args as readonly [Address, ...unknown[]]
        found.push({ ...one, destination, payload: args.at(-1) as Hex })
      }
      offset += page.data.length
      if (page.data.length === 0 || offset >= page.pagination.total_count) break
    }
  }
  return found.sort((a, b) => a.index - b.index)
}

/** Read one of DeML's notices out of an output; undefined for anything else. */
export function readNotice(raw: Hex): Notice | undefined {
  try {
    const outer = decodeFunctionData({ abi: outputsAbi, data: raw })
    if (outer.functionName !== 'Notice') return undefined
    const { functionName, args } = decodeFunctionData({ abi: noticesAbi, data: outer.args[0] })
    return { name: functionName, args, jobId: Number(args[0]) } as Notice
  } catch {
    return undefined // a stranger's payload: nothing that this page could show
  }
}

/** Hash of an output: its leaf in the claim's Merkle tree. */
export function outputHash(raw: Hex): Hex {
  return keccak256(raw)
}

function listPage(settings: Settings, kind: string, offset: number, limit = PAGE): Promise<PageOf<RawOutput>> {
  const params = { application: settings.appAddress, output_type: kind, limit, offset }
  return call<PageOf<RawOutput>>(settings.nodeUrl, 'cartesi_listOutputs', params)
}

function stored(raw: RawOutput): StoredOutput {
  return {
    index: Number(raw.index),
    inputIndex: Number(raw.input_index),
    epochIndex: Number(raw.epoch_index),
    raw: raw.raw_data,
    hash: outputHash(raw.raw_data),
    siblings: raw.output_hashes_siblings?.length ? raw.output_hashes_siblings : null,
    executedIn: raw.execution_transaction_hash,
  }
}
