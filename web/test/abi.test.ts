import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import * as sources from '../abi/index'

const folder = mkdtempSync(join(tmpdir(), 'deml-abi-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it('the package that npm packs runs without a compiler, and holds what its types say', () => {
  execFileSync(process.execPath, ['abi/build.mjs', folder])
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  const program = `import * as all from './index.js'; process.stdout.write(JSON.stringify(all))`
  const told = execFileSync(process.execPath, ['--input-type=module', '-e', program], { cwd: folder, encoding: 'utf8' })
  expect(JSON.parse(told)).toEqual(JSON.parse(JSON.stringify(sources)))
})

it('its README names every export', () => {
  const readme = readFileSync('abi/README.md', 'utf8')
  for (const name of Object.keys(sources)) expect(readme).toContain(`\`${name}\``)
})
