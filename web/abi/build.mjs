// What npm packs beside the sources, which are the types: the same files as JavaScript. node build.mjs [FOLDER]
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const here = new URL('.', import.meta.url).pathname
const target = process.argv[2] ?? join(here, 'dist')

mkdirSync(target, { recursive: true })
for (const name of readdirSync(here).filter((one) => one.endsWith('.ts'))) {
  const text = readFileSync(join(here, name), 'utf8')
  writeFileSync(join(target, name.replace(/\.ts$/, '.js')), text.replaceAll(/\] as const$/gm, ']'))
}
