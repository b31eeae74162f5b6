// What a model that was trained privately in a tab tells of one row more: many trainings in the page's own worker on
// neighbouring data, held against the epsilon that the tab has promised.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { newContext, startBrowser } from './browser.mjs'
import { PYTHON } from './devnet.mjs'

const DIST = fileURLToPath(new URL('../dist/', import.meta.url))
const PROGRAM = fileURLToPath(new URL('./privacy.py', import.meta.url))
const TYPES = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.wasm': 'application/wasm',
}
const WORKER = readdirSync(join(DIST, 'assets')).find((name) => /^worker-.*\.js$/.test(name))
const CLAIM = { epsilon: 0.5, delta: 1e-5 }

/** Trainings on each of two neighbours; a false alarm is one in a thousand. `make test` audits each family natively. */
const TRIALS = 80
const CONFIDENCE = 0.999

let host
let browser
let page

before(async () => {
  host = createServer((request, response) => {
    const path = new URL(request.url, 'http://host').pathname
    const file = path === '/' ? 'index.html' : path
    response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream')
    try {
      response.end(path === '/settings.json' ? '{}' : readFileSync(join(DIST, file)))
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise((done) => host.listen(0, '127.0.0.1', done))
  browser = await startBrowser()
  const { context } = await newContext(browser)
  page = await context.newPage()
  await page.goto(`http://127.0.0.1:${host.address().port}/`)
})

after(async () => {
  await browser?.close()
  host?.close()
})

function python(word, given = '') {
  const run = spawnSync(PYTHON, [PROGRAM, word], { input: given, encoding: 'utf8', maxBuffer: 2 ** 28 })
  assert.equal(run.status, 0, run.stderr)
  return JSON.parse(run.stdout)
}

/** Train on each of the tables so often, in a worker of the page's own; the models' files in hex. */
function trained(job, privacy, trials) {
  return page.evaluate(
    async ([script, { terms, initial, tables }, budget, times]) => {
      const worker = new Worker(`/assets/${script}`, { type: 'module' })
      worker.postMessage({ base: `${location.origin}/`, training: true })
      const ask = (asked) =>
        new Promise((done, fail) => {
          worker.onmessage = ({ data }) => {
            if ('failed' in data) fail(new Error(data.failed))
            else if ('answer' in data) done(data.answer)
          }
          worker.postMessage({ id: 1, name: 'train', ask: asked })
        })
      const bytes = Uint8Array.from(initial.match(/../g), (one) => Number.parseInt(one, 16))
      const hex = (file) => [...file].map((one) => one.toString(16).padStart(2, '0')).join('')
      const models = []
      for (const table of tables) {
        const given = { terms, initial: bytes, asked: null, privacy: budget }
        const [x, y] = [table.x, table.y].map((one) => Float64Array.from(one))
        const side = []
        for (let trial = 0; trial < times; trial += 1) side.push(hex((await ask({ ...given, x, y })).file))
        models.push(side)
      }
      worker.terminate()
      return models
    },
    [WORKER, job, privacy, trials],
  )
}

test('models trained privately in a tab tell no more of a row than was promised', { timeout: 900_000 }, async () => {
  const models = await trained(python('neighbours'), CLAIM, TRIALS)
  assert.equal(new Set(models.flat()).size, 2 * TRIALS, 'noise is drawn anew each time')
  const least = python('bound', JSON.stringify({ models, delta: CLAIM.delta, confidence: CONFIDENCE }))
  assert.ok(least <= CLAIM.epsilon, `at least ${least} was given away`)
})

test('the same measure finds out a tab that promises too little', { timeout: 900_000 }, async () => {
  const models = await trained(python('neighbours'), { epsilon: 60, delta: CLAIM.delta }, TRIALS)
  const least = python('bound', JSON.stringify({ models, delta: CLAIM.delta, confidence: 0.95 }))
  assert.ok(least > CLAIM.epsilon, `only ${least} was seen`)
})
