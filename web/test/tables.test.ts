import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readCsv } from '../src/files/tables'
import { usableRows } from '../src/market/check'
import { numbersOf } from '../src/market/numbers'
import { type Spec, withClasses } from '../src/market/spec'

interface Case {
  name: string
  data: Spec['data']
  architecture: string
  csv: string
  x: number[][]
  y: number[]
}

const { cases } = JSON.parse(readFileSync('../tests/vectors/tables.json', 'utf8')) as { cases: Case[] }

describe('a table means in the page what it means to the command', () => {
  it.each(cases)('$name', ({ data, architecture, csv, x, y }) => {
    const columns = data.columns.map((one) => ({ ...one, required: one.required !== false }))
    const bounded = withClasses({ ...data, columns }, architecture)
    const found = numbersOf(usableRows(readCsv(csv), bounded), bounded)
    expect([...found.x]).toEqual(x.flat())
    expect([...found.y]).toEqual(y)
  })
})
