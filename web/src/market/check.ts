import { type Cell, isEmpty, isNoNumber, isTooLong, numberOf, placeOf, type Table } from './cells'
import type { Column, Spec } from './spec'

export interface Finding {
  column: string
  problem: 'missing' | 'empty' | 'notNumber' | 'tooLong' | 'notInteger' | 'outOfRange' | 'unknownCategory'
  /** How many rows it is in; never their values: what is private stays off the screen and out of messages. */
  rows: number
  /** The closest name among the table's columns, where one is missing. */
  closest?: string
}

export interface Checked {
  rows: number
  fits: boolean
  findings: Finding[]
  /** Columns of the table that the job does not ask for; they are not looked at. */
  spare: string[]
}

/** Compare a table with what a job asks for, column by column. */
export function checkTable(table: Table, data: Spec['data']): Checked {
  const places = new Map(table.columns.map((name, index) => [name, index]))
  const findings = data.columns.flatMap((column): Finding[] => {
    const place = places.get(column.name)
    if (place !== undefined) return checkColumn(column, table, place)
    if (!column.required) return []
    const closest = closestTo(column.name, table.columns)
    return [{ column: column.name, problem: 'missing', rows: table.rows.length, ...(closest ? { closest } : {}) }]
  })
  const asked = new Set(data.columns.map((one) => one.name))
  return {
    rows: table.rows.length,
    fits: findings.length === 0 && table.rows.length > 0,
    findings,
    spare: table.columns.filter((name) => !asked.has(name)),
  }
}

/** The rows of which every cell that is asked for fits; the others can't be learnt from. */
export function usableRows(table: Table, data: Spec['data']): Table {
  const places = new Map(table.columns.map((name, index) => [name, index]))
  const asked = data.columns.filter((one) => one.required)
  const fits = (row: Cell[]) => asked.every((one) => !problemOf(one, row[places.get(one.name) ?? -1] ?? null))
  return { columns: table.columns, rows: table.rows.filter(fits) }
}

function checkColumn(column: Column, table: Table, place: number): Finding[] {
  const counts = new Map<Finding['problem'], number>()
  for (const row of table.rows) {
    const problem = problemOf(column, row[place] ?? null)
    if (problem) counts.set(problem, (counts.get(problem) ?? 0) + 1)
  }
  return [...counts].map(([problem, rows]) => ({ column: column.name, problem, rows }))
}

function problemOf(column: Column, cell: Cell): Finding['problem'] | undefined {
  if (column.type === 'text') return column.required && isEmpty(cell) ? 'empty' : undefined
  // A declared category comes before any word for "nothing": "NA" is Namibia.
  if (column.type === 'category' && placeOf(column.categories ?? [], cell) >= 0) return undefined
  if (column.type === 'category' ? isEmpty(cell) : isNoNumber(cell)) return 'empty'
  if (column.type === 'category') return 'unknownCategory'
  const number = numberOf(cell)
  if (!Number.isFinite(number)) return isTooLong(cell) ? 'tooLong' : 'notNumber'
  if (column.type === 'integer' && !Number.isInteger(number)) return 'notInteger'
  if (number < (column.minimum ?? -Infinity) || number > (column.maximum ?? Infinity)) return 'outOfRange'
  return undefined
}

/** The name with the fewest edits, if those are at most a third of its length. */
export function closestTo(name: string, names: readonly string[]): string | undefined {
  const wanted = name.toLowerCase()
  let best: string | undefined
  let least = Math.floor(wanted.length / 3) + 1
  for (const one of names) {
    const edits = distance(wanted, one.toLowerCase(), least)
    if (edits < least) {
      least = edits
      best = one
    }
  }
  return best
}

/** Levenshtein's distance; anything from `most` on is as good as infinite. */
function distance(a: string, b: string, most: number): number {
  if (Math.abs(a.length - b.length) >= most) return most
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1
      next.push(Math.min((row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1, (row[j - 1] ?? 0) + change))
    }
    row = next
  }
  return row[b.length] ?? most
}
