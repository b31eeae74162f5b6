// Python in a worker of Debian's Chromium, as `python -m MODULE < input > output`:
// node tests/e2e/chromium_python.mjs -m MODULE
//
// Interpreter, numpy and libraries are the page's (web/public/python); this project's code is taken from the checkout.
import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { startBrowser } from '../../web/e2e/browser.mjs'
import { zipSync } from '../../web/node_modules/fflate/esm/index.mjs'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..')
const files = path.join(root, 'web/public/python/')

/** What runs of the checkout, and what it reads. */
const CHECKOUT = ['dapp/deml', 'tests/support', 'tests/e2e', 'tests/vectors', 'tests/cases']

/** How long Chromium may take, in milliseconds. */
const PATIENCE = 900_000

const [flag, module] = process.argv.slice(2)
if (flag !== '-m' || !module) {
  console.error('usage: node tests/e2e/chromium_python.mjs -m MODULE')
  process.exit(2)
}

/** The worker, whole: it is given the input, and answers with the lines that were printed. */
const WORKER = `
import { loadPyodide } from '/python/pyodide.mjs'
const bytes = async (name) => new Uint8Array(await (await fetch(name)).arrayBuffer())
self.onmessage = async ({ data: { module, given, standIns, seed } }) => {
  const lines = []
  const errors = []
  try {
    const python = await loadPyodide({
      indexURL: '/python/',
      env: { PYTHONHASHSEED: seed, HOME: '/home/pyodide' },
      stdout: (line) => lines.push(line),
      stderr: (line) => errors.push(line),
    })
    await python.loadPackage(['numpy', 'scikit-learn'], { messageCallback: () => {} })
    for (const name of ['deml.zip', 'training.zip']) python.FS.writeFile('/' + name, await bytes('/python/' + name))
    python.FS.writeFile('/checkout.zip', await bytes('/checkout.zip'))
    python.globals.set('given', given)
    python.globals.set('module', module)
    python.runPython(\`
import sys, zipfile
for name, place in (("deml", "/packages"), ("training", "/packages"), ("checkout", "/checkout")):
    zipfile.ZipFile(f"/{name}.zip").extractall(place)
sys.path[:0] = ["/checkout", "/checkout/dapp", "/packages"]
\` + standIns)
    python.runPython(\`
import io, os, runpy, sys
os.chdir("/checkout")
sys.stdin = io.StringIO(given)
sys.argv = [module]
runpy.run_module(module, run_name="__main__")
\`)
    self.postMessage({ lines, errors })
  } catch (error) {
    self.postMessage({ failed: String(error.message ?? error), errors })
  }
}
self.postMessage('ready')
`

const checkout = zipSync(
  Object.fromEntries(
    CHECKOUT.flatMap((folder) =>
      readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
        .filter((one) => one.isFile() && !one.name.endsWith('.pyc'))
        .map((one) => path.relative(root, path.join(one.parentPath, one.name)))
        .map((name) => [name, new Uint8Array(readFileSync(path.join(root, name)))]),
    ).concat([['tests/__init__.py', new Uint8Array()]]),
  ),
  { level: 1 },
)
const TYPES = { '.mjs': 'text/javascript', '.js': 'text/javascript', '.wasm': 'application/wasm' }
const server = createServer((request, response) => {
  const name = request.url.slice(1)
  response.setHeader('content-type', TYPES[path.extname(name)] ?? 'application/octet-stream')
  if (name === '') return response.setHeader('content-type', 'text/html').end('<!doctype html>')
  if (name === 'worker.mjs') return response.end(WORKER)
  if (name === 'checkout.zip') return response.end(checkout)
  try {
    response.end(readFileSync(path.join(files, path.basename(name))))
  } catch {
    response.writeHead(404).end()
  }
})
await new Promise((done) => server.listen(0, '127.0.0.1', done))
const browser = await startBrowser()
try {
  const page = await browser.newPage()
  page.setDefaultTimeout(PATIENCE)
  await page.goto(`http://127.0.0.1:${server.address().port}/`)
  const job = {
    module,
    given: await text(process.stdin),
    standIns: readFileSync(path.join(root, 'web/src/python/stand_ins.py'), 'utf8'),
    seed: process.env.PYTHONHASHSEED ?? '4',
  }
  const found = await page.evaluate(
    (asked) =>
      new Promise((done) => {
        const worker = new Worker('/worker.mjs', { type: 'module' })
        worker.onerror = (event) => done({ failed: event.message || 'the worker could not be started', errors: [] })
        worker.onmessage = ({ data }) => (data === 'ready' ? worker.postMessage(asked) : done(data))
      }),
    job,
  )
  for (const line of found.errors) console.error(line)
  if (found.failed) {
    console.error(found.failed)
    process.exitCode = 1
  } else {
    process.stdout.write(found.lines.map((line) => `${line}\n`).join(''))
  }
} finally {
  await browser.close()
  server.close()
}
