import { describe, expect, it } from 'vitest'
import { symbolOf } from '../src/market/amounts'
import { numbersOf } from '../src/market/numbers'
import { parseSpec } from '../src/market/spec'

const number = { name: 'age', type: 'number' }
const category = { name: 'result', type: 'category', categories: ['yes', 'no'] }
const spec = (columns: object[], label: object = { column: 'result' }) =>
  parseSpec(new TextEncoder().encode(JSON.stringify({ version: 1, data: { columns, label } })))

describe("a hostile sponsor's specification", () => {
  it.each([
    [
      'a category that may be empty: its cell would be written over its neighbour',
      [{ ...number }, { ...category, required: false }],
    ],
    ['a number that may be empty', [{ ...number, required: false }, category]],
    ['a category without words', [number, { name: 'result', type: 'category' }]],
    ['a category of no words', [number, { ...category, categories: [] }]],
    ['words of a number', [{ ...number, categories: ['1'] }, category]],
    ['a column named twice', [number, number, category]],
    ['a label that is no column', [number]],
  ])('%s is refused, as by the command', (_, columns) => {
    expect(() => spec(columns)).toThrow()
  })

  it('text may be empty', () => {
    expect(spec([number, { name: 'note', type: 'text', required: false }, category]).data.columns).toHaveLength(3)
  })

  it('a class that is called as something in JavaScript is no such thing', () => {
    const words = ['1', 'constructor', '__proto__']
    const columns = [number, { ...category, categories: words }]
    const { data } = spec(columns, { column: 'result', mapping: { __proto__: 5, '1': 0 } })
    const table = {
      columns: ['age', 'result'],
      rows: [
        ['3', '1'],
        ['4', 'constructor'],
      ],
    }
    expect([...numbersOf(table, data).y]).toEqual([0, Number.NaN])
  })
})

describe('a token of a hostile sponsor’s own', () => {
  const own = `0x${'7'.repeat(40)}`
  const other = `0x${'8'.repeat(40)}`

  it.each(['DEV', 'DEV', '\u202eVED', 'D\u200bEV'])('%j does not pass for the market’s', (said) => {
    expect(symbolOf('DEV', own.toUpperCase().replace('X', 'x'), own)).toBe('DEV')
    expect(symbolOf(said, other, own)).toMatch(/ \(0x8888…8888\)$/)
  })
})
