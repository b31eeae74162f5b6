import { type Cell, isEmpty, numberOf, type Table, textOf } from './cells'
import type { Column } from './spec'

/** A column with at most so many different words holds categories, one with more holds text; as `deml job new` has it. */
const FEW_WORDS = 20

/** Most categories of a label, and longest name of a column or category (docs/spec.md). */
const MOST_CATEGORIES = 1_000
const LONGEST_NAME = 200

/**
 * Columns of a table as a specification describes them: names, kinds and the words of categories.
 *
 * @param ranges give the least and the greatest value of numbers: two values of real rows each, which become public.
 */
export function guessColumns(table: Table, label: string, ranges: boolean): Column[] {
  return table.columns.map((name, place) => {
    const cells = table.rows.map((row) => row[place] ?? null)
    return guess(name, cells, name === label, ranges)
  })
}

function guess(name: string, cells: Cell[], isLabel: boolean, ranges: boolean): Column {
  const full = cells.filter((one) => !isEmpty(one))
  const numbers = full.map(numberOf)
  if (numbers.length > 0 && numbers.every(Number.isFinite)) {
    const whole = numbers.every(Number.isInteger)
    const distinct = [...new Set(numbers)].sort((a, b) => a - b)
    if (isLabel && whole && distinct.length <= FEW_WORDS) {
      return { name, type: 'category', categories: distinct.map(String), required: true }
    }
    const edges = ranges ? { minimum: distinct[0] ?? 0, maximum: distinct.at(-1) ?? 0 } : {}
    return { name, type: whole ? 'integer' : 'number', required: true, ...edges }
  }
  const words = [...new Set(cells.map(textOf))].filter((one) => one !== '').sort()
  const few = words.length > 0 && words.length <= (isLabel ? MOST_CATEGORIES : FEW_WORDS)
  if (few && words.every((one) => one.length <= LONGEST_NAME)) {
    return { name, type: 'category', categories: words, required: true }
  }
  return { name, type: 'text', required: false }
}
