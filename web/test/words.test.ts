import { readdirSync, readFileSync } from 'node:fs'
import { join, sep } from 'node:path'
import { describe, expect, it } from 'vitest'

const SOURCE = new URL('../src/', import.meta.url).pathname

/** Files that may hold English: the words themselves, and Python's. */
const HELD = new Set(['words', 'styles'])

/** Not the page's: metrics' names, and what a wallet signs, which the command says alike. */
const NAMES = new Set([
  ...['Macro F1', 'Brier score', 'Balanced accuracy', 'Mean squared error', 'Mean absolute error'],
  'This signature opens your commitments of one job. Sign it only in a DeML program that you trust.',
])

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => /\.tsx?$/.test(name) && !HELD.has(name.split(sep)[0] ?? '') && name !== 'words.ts',
  )
}

/** A source without its comments. */
function code(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '')
    .replace(/\s\/\/ .*$/gm, '')
}

describe('English', () => {
  it('stands in words/ only: no sentence is anywhere else, in text, in an attribute or in an error', () => {
    const found = files(SOURCE).flatMap((name) => {
      const text = code(readFileSync(join(SOURCE, name), 'utf8'))
      const literals = [...text.matchAll(/(['"`])([A-Z][a-z]+(?: [^'"`\n]*)?[a-z.]) ?\1/g)].map((one) => one[2] ?? '')
      const nodes = [...text.matchAll(/>\s*([A-Z][a-z]+ [^<>{}]*)</g)].map((one) => one[1] ?? '')
      return [...literals.filter((one) => one.includes(' ')), ...nodes]
        .filter((one) => !NAMES.has(one.trim()))
        .map((one) => `${name}: ${one}`)
    })
    expect(found).toEqual([])
  })
})
