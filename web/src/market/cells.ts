/** A table as it was read: cells as text where the file has text; null where there is nothing. */
export interface Table {
  columns: string[]
  rows: Cell[][]
}

export type Cell = string | number | bigint | boolean | null

/** What an empty cell is written as, where no category is called so; the same words as `deml_sdk.data.words`. */
const MISSING = new Set(['', 'NA', 'N/A', '#N/A', 'NULL', 'null', 'NaN', 'nan', 'n/a', 'None'])

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?$/
const WHOLE = /^[+-]?\d+$/

/** A cell as it would stand in a CSV file: nothing where it is missing, 1 for 1.0. */
export function textOf(cell: Cell): string {
  if (cell === null || (typeof cell === 'number' && Number.isNaN(cell))) return ''
  return String(cell).trim()
}

export function isEmpty(cell: Cell): boolean {
  return MISSING.has(textOf(cell))
}

/** Whether there is no number where one is asked for: empty, or not a number in any spelling. */
export function isNoNumber(cell: Cell): boolean {
  return isEmpty(cell) || /^[+-]*nan$/i.test(textOf(cell))
}

/** The number of a cell, with 1 and 0 for true and false; not a number where it is none. */
export function numberOf(cell: Cell): number {
  const text = textOf(cell).toLowerCase()
  if (text === 'true' || text === 'false') return Number(text === 'true')
  if (!NUMBER.test(text)) return Number.NaN
  return typeof cell !== 'number' && WHOLE.test(text) && !isExact(text) ? Number.NaN : Number(text)
}

/** Whether a cell is a whole number that float64 does not have: it is no mistake of spelling, its last digits would be lost. */
export function isTooLong(cell: Cell): boolean {
  const text = textOf(cell)
  return typeof cell !== 'number' && WHOLE.test(text) && !isExact(text)
}

/** Whether a whole number is one that float64 has: identifiers beyond 2^53 would lose their last digits. */
function isExact(text: string): boolean {
  const number = Number(text)
  return Number.isFinite(number) && BigInt(text.replace(/^\+/, '')) === BigInt(number)
}

/** Place of a cell's word among some; -1 if it is none of them. Written alike comes before being the same number. */
export function placeOf(words: readonly string[], cell: Cell): number {
  if (cell === null) return -1
  const alike = words.indexOf(textOf(cell))
  if (alike >= 0) return alike
  const number = numberOf(cell)
  if (!Number.isFinite(number)) return -1
  const same = words.flatMap((word, place) => (numberOf(word) === number ? [place] : []))
  return same.length === 1 ? (same[0] ?? -1) : -1
}
