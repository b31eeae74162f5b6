import { parquetReadObjects } from 'hyparquet'
import Papa from 'papaparse'
import { type Checked, checkTable, type Table } from '../market/check'
import type { Spec } from '../market/spec'

/** What reads private rows cannot send: every way out of a worker is taken away before a row is read. */
const WAYS_OUT = [
  'fetch',
  'XMLHttpRequest',
  'WebSocket',
  'WebTransport',
  'EventSource',
  'importScripts',
  'BroadcastChannel',
  'Worker',
  'caches',
  'indexedDB',
  'RTCPeerConnection',
]
for (const name of WAYS_OUT) {
  Object.defineProperty(globalThis, name, { value: undefined, writable: false, configurable: false })
}

export interface Asked {
  file: File
  spec: Spec
}

/** `requests`: what this worker has asked the network for since it began to read, by the browser's own count. */
export type Answered = ({ checked: Checked } | { failed: string }) & { requests: number }

const before = performance.getEntriesByType('resource').length

self.onmessage = async ({ data }: MessageEvent<Asked>) => {
  let answer: Answered
  try {
    const checked = checkTable(await readTable(data.file), data.spec)
    answer = { checked, requests: requests() }
  } catch {
    // What a library says may quote a row: it is not passed on.
    answer = { failed: data.file.name, requests: requests() }
  }
  self.postMessage(answer)
}

function requests(): number {
  return performance.getEntriesByType('resource').length - before
}

async function readTable(file: File): Promise<Table> {
  if (/\.parquet$/i.test(file.name)) {
    const rows = await parquetReadObjects({ file: await file.arrayBuffer() })
    const columns = Object.keys(rows[0] ?? {})
    return { columns, rows: rows.map((row) => columns.map((name) => cellOf(row[name]))) }
  }
  const text = (await file.text()).replace(/^\uFEFF/, '')
  const parsed = Papa.parse<string[]>(text, { skipEmptyLines: 'greedy' })
  const [columns, ...rows] = parsed.data
  if (!columns || parsed.errors.some((one) => one.type === 'Quotes')) throw new Error('no table')
  if (rows.some((row) => row.length !== columns.length)) throw new Error('rows of different lengths')
  return { columns, rows }
}

function cellOf(value: unknown): Table['rows'][number][number] {
  if (value === null || value === undefined) return null
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return value
  return String(value)
}
