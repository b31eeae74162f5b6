import type { Table } from '../market/cells'
import { type Checked, checkTable, usableRows } from '../market/check'
import { guessColumns } from '../market/guess'
import { type Numbers, numbersOf } from '../market/numbers'
import type { Column, Spec } from '../market/spec'
import { cutOff, type Reached } from './cutOff'
import { readTable } from './tables'

/** What reads private rows cannot send: every way out of this worker is taken away before a row is read. */
const reached = cutOff(() => self.postMessage({ reached: reached() }))

/** What a table can be asked: whether it fits, what its numbers are, or which columns it has. */
export type Asked =
  | { file: File; want: 'check'; data: Spec['data'] }
  | { file: File; want: 'numbers'; data: Spec['data'] }
  | { file: File; want: 'usable'; data: Spec['data'] }
  | { file: File; want: 'columns'; label: string | undefined; ranges: boolean }

/** `reached`: what this worker has done to reach the network since it began to read. */
export type Answered = (
  | { checked: Checked }
  | { checked: Checked; numbers: Numbers }
  | { columns: Column[]; label: string; rows: number }
  | { failed: string }
) & { reached: Reached }

/** A request that the browser tells of later. */
export type Heard = { reached: Reached }

self.onmessage = async ({ data }: MessageEvent<Asked>) => {
  let answer: Answered
  try {
    answer = { ...answered(data, await readTable(data.file)), reached: reached() }
  } catch {
    // What a library says may quote a row: it is not passed on.
    answer = { failed: data.file.name, reached: reached() }
  }
  self.postMessage(answer)
}

function answered(asked: Asked, table: Table) {
  if (asked.want === 'columns') {
    const label = asked.label ?? table.columns.at(-1) ?? ''
    return { columns: guessColumns(table, label, asked.ranges), label, rows: table.rows.length }
  }
  const checked = checkTable(table, asked.data)
  if (asked.want === 'usable' && checked.findings.every((one) => one.problem !== 'missing')) {
    return { checked, numbers: numbersOf(usableRows(table, asked.data), asked.data) }
  }
  return asked.want === 'numbers' && checked.fits ? { checked, numbers: numbersOf(table, asked.data) } : { checked }
}
