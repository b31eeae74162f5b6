// Types of the dapp's answers, from docs/schema/inspect.schema.json: written to src/market/schema.ts.
import { readFileSync, writeFileSync } from 'node:fs'
import { compile } from 'json-schema-to-typescript'

const SCHEMA = new URL('../../docs/schema/inspect.schema.json', import.meta.url)
const TARGET = new URL('../src/market/schema.ts', import.meta.url)
const HEX = '`0x${' + 'string}`'

/** Text that is always hexadecimal is viem's `Hex`. */
function typed(node) {
  if (Array.isArray(node)) return node.map(typed)
  if (typeof node !== 'object' || node === null) return node
  const made = Object.fromEntries(Object.entries(node).map(([name, value]) => [name, typed(value)]))
  return typeof made.pattern === 'string' && made.pattern.startsWith('^0x') ? { ...made, tsType: HEX } : made
}

const text = await compile(typed(JSON.parse(readFileSync(SCHEMA, 'utf8'))), 'Answers', {
  bannerComment: '/* Written by `npm run generate` from docs/schema/inspect.schema.json; change that. */',
  unreachableDefinitions: false,
  additionalProperties: false,
  style: { semi: false, singleQuote: true, printWidth: 120 },
})
writeFileSync(TARGET, text)
