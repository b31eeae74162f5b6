import { numberOf, placeOf, type Table } from './cells'
import type { Column, Spec } from './spec'

/** A table as a model takes it: rows of features one after another, and what is right for each row. */
export interface Numbers {
  rows: number
  x: Float64Array
  y: Float64Array
}

/** How many inputs of a model a column makes. */
export function widthOf(column: Column): number {
  if (column.type === 'text') return 0
  return column.type === 'category' ? (column.categories?.length ?? 0) : 1
}

/** Columns that are learnt from, in the order of the model's inputs. */
export function featuresOf(data: Spec['data']): Column[] {
  return data.columns.filter((one) => one.name !== data.label.column && one.type !== 'text')
}

/** Names of the model's inputs, in their order; a category has one for each of its words. */
export function inputsOf(data: Spec['data']): string[] {
  return featuresOf(data).flatMap(({ name, categories }) => categories?.map((word) => `${name}=${word}`) ?? [name])
}

/** Turn a table that fits its specification into numbers. */
export function numbersOf(table: Table, data: Spec['data']): Numbers {
  const places = new Map(table.columns.map((name, index) => [name, index]))
  const features = featuresOf(data)
  const width = features.reduce((sum, one) => sum + widthOf(one), 0)
  const x = new Float64Array(table.rows.length * width)
  const y = new Float64Array(table.rows.length)
  const labelPlace = places.get(data.label.column) ?? -1
  const words = data.columns.find((one) => one.name === data.label.column)?.categories
  table.rows.forEach((row, index) => {
    let at = index * width
    for (const one of features) {
      const cell = row[places.get(one.name) ?? -1] ?? null
      if (one.type === 'category') x[at + placeOf(one.categories ?? [], cell)] = 1
      else x[at] = numberOf(cell)
      at += widthOf(one)
    }
    const right = row[labelPlace] ?? null
    const word = words?.[placeOf(words, right)]
    y[index] = word === undefined ? numberOf(right) : (classOf(data.label.mapping, word) ?? numberOf(word))
  })
  return { rows: table.rows.length, x, y }
}

/** The class number of a word; a word such as "constructor" has none unless it is given one. */
function classOf(mapping: Record<string, number> | undefined, word: string): number | undefined {
  return mapping && Object.hasOwn(mapping, word) ? mapping[word] : undefined
}
