import { parquetReadObjects } from 'hyparquet'
import Papa from 'papaparse'
import type { Cell, Table } from '../market/cells'

/** Read CSV or Parquet. */
export async function readTable(file: File): Promise<Table> {
  if (/\.parquet$/i.test(file.name)) {
    const rows = await parquetReadObjects({ file: await file.arrayBuffer() })
    const columns = Object.keys(rows[0] ?? {})
    return { columns, rows: rows.map((row) => columns.map((name) => cellOf(row[name]))) }
  }
  return readCsv(await file.text())
}

/**
 * Read CSV with a header line.
 *
 * @throws Error if it is none; what it says quotes no cell.
 */
export function readCsv(text: string): Table {
  const parsed = Papa.parse<string[]>(text.replace(/^\uFEFF/, ''), { skipEmptyLines: 'greedy' })
  const [columns, ...rows] = parsed.data
  if (!columns || parsed.errors.some((one) => one.type === 'Quotes')) throw new Error('no table')
  if (rows.some((row) => row.length !== columns.length)) throw new Error('rows of different lengths')
  return { columns, rows }
}

function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return null
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return value
  return String(value)
}
