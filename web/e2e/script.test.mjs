// A job with a trainer of the sponsor's own, by the page's whole path: table and files in, the trainer in its frame, what it
// leaves through the gate. And files that no gateway gives, by hand.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { after, before, test } from 'node:test'
import { CarWriter } from '@ipld/car'
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { sha256 } from 'multiformats/hashes/sha2'
import { getAddress } from 'viem'
import { newContext, startBrowser } from './browser.mjs'
import { PYTHON } from './devnet.mjs'
import { startFake } from './fake.mjs'
import { accessible, fits, glance } from './look.mjs'
import { ME } from './stages.mjs'
import { connectHere, give } from './steps.mjs'
import { installWallet } from './wallet.mjs'

const TABLE = 'Choose a CSV or Parquet file to train on'

/**
 * A trainer: least squares on the rows, in the tensors of the initial model; `more` are lines that put something else
 * into `header` and `body` before they are written.
 */
const leastSquares = (more = '') => `
import json, os, struct
import numpy
job, data, out = (os.environ[name] for name in ("DEML_JOB", "DEML_DATA", "DEML_OUT"))
start = open(job + "/initial.safetensors", "rb").read()
size = struct.unpack("<Q", start[:8])[0]
header, body = json.loads(start[8:8 + size]), bytearray(start[8 + size:])
x, y = (numpy.load(f"{data}/{name}.npy") for name in "xy")
print("rows:", len(x))
found = numpy.linalg.lstsq(numpy.c_[x, numpy.ones(len(x))], y, rcond=None)[0]
for name, one in header.items():
    if name != "__metadata__":
        begin, end = one["data_offsets"]
        kind = {"F32": "<f4", "F64": "<f8"}[one["dtype"]]
        weights = found[2:] if one["shape"] == [1] else found[:2]
        body[begin:end] = weights.astype(kind).tobytes()
${more}
written = json.dumps(header).encode()
open(out + "/model.safetensors", "wb").write(struct.pack("<Q", len(written)) + written + bytes(body))
`

/** Never an end, if there are few rows. */
const GOES_ON = `
while len(x) < 20: pass
`

/** Rows as a tensor of their own, beside those of the model. */
const ROWS_BESIDE = `
header["rows"] = {"dtype": "F32", "shape": list(x.shape), "data_offsets": [len(body), len(body) + 4 * x.size]}
body += numpy.ascontiguousarray(x, "<f4").tobytes()
`

let browser
let task
const markets = []

before(async () => {
  browser = await startBrowser()
  const program = new URL('./privacy.py', import.meta.url).pathname
  const run = spawnSync(PYTHON, [program, 'neighbours'], { encoding: 'utf8', maxBuffer: 2 ** 28 })
  assert.equal(run.status, 0, run.stderr)
  const { terms, initial } = JSON.parse(run.stdout)
  task = { terms, initial: Buffer.from(initial, 'hex') }
})

after(async () => {
  await browser?.close()
  for (const one of markets) one.close()
})

/** A file of one block, as a gateway gives it. */
async function block(content) {
  const bytes = new Uint8Array(content)
  const cid = CID.createV1(raw.code, await sha256.digest(bytes))
  const { writer, out } = CarWriter.create([cid])
  void writer.put({ cid, bytes }).then(() => writer.close())
  const parts = []
  for await (const part of out) parts.push(part)
  return { cid: cid.toString(), car: Buffer.concat(parts) }
}

/**
 * The page where a client trains for a job with this trainer, DeML's own if it is null; `kept` are files that no gateway
 * gives, `options` those of the browser's context.
 */
async function training(t, trainer, kept = () => [], options = {}) {
  const script = await block(Buffer.from(trainer ?? ''))
  const initial = await block(task.initial)
  const column = (name) => ({ name, type: 'number' })
  const columns = [column('a'), column('b'), column('y')]
  const said = {
    ...{ version: 1, title: 'Two columns', description: '', license: '' },
    ...{ data: { columns, label: { column: 'y' } } },
    trainer: trainer === null ? { kind: 'builtin' } : { kind: 'script', cid: script.cid },
  }
  const spec = await block(Buffer.from(JSON.stringify(said)))
  const given = [script, initial, spec].filter((one) => !kept({ script, initial, spec }).includes(one))
  const client = {
    ...{ client: ME, payTo: ME, stake: '1', standing: 'accepted', commitment: null, order: null, declared: null },
    ...{ score: null, minPay: '0', due: null, modelCid: null, scoredBy: null, payout: null },
  }
  const terms = { ...task.terms, specCid: spec.cid, initialModelCid: initial.cid }
  const market = await startFake({
    count: 3,
    open: 2,
    staged: { 3: { terms, job: { participants: 1 }, clients: [client] } },
  })
  markets.push(market)
  market.state.gateway = (path, response) => {
    const found = given.find((one) => path.endsWith(one.cid))
    if (found) response.end(found.car)
    else response.writeHead(404).end()
  }
  const { context, outside, errors } = await newContext(browser, options)
  await installWallet(context, { rpcUrl: market.rpcUrl, account: getAddress(ME), name: 'Hardhat' })
  t.after(async () => {
    await context.close()
    assert.deepEqual(errors, [])
    assert.deepEqual([...outside], [])
  })
  const tab = await context.newPage()
  tab.setDefaultTimeout(120_000)
  await tab.goto(`${market.url}#/jobs/3/join`)
  await connectHere(tab, 'Hardhat')
  return { tab, market, files: { script, initial, spec } }
}

/** A table in which y = 2 a - b + 1. */
function table(count = 60) {
  const rows = Array.from({ length: count }, (_, at) => [(at % 10) / 10, (at % 7) / 7])
  const text = rows.map(([a, b]) => `${a},${b},${2 * a - b + 1}`).join('\n')
  return { name: 'rows.csv', mimeType: 'text/csv', buffer: Buffer.from(`a,b,y\n${text}\n`) }
}

test('files that no gateway gives are taken by hand, and a trainer of the sponsor’s own makes a model of them', async (t) => {
  const { tab, files } = await training(t, leastSquares(), ({ spec, initial }) => [spec, initial])
  const { spec, initial } = files
  const car = (name, buffer) => ({ name, mimeType: 'application/octet-stream', buffer })
  const drop = ({ cid }) => `Choose the CAR of ${cid.slice(0, 8)}…${cid.slice(-6)}`
  await tab.getByText('No gateway gives a file of this job').waitFor()
  await accessible(tab, 'a file by hand')
  await give(tab, drop(spec), car('other.car', initial.car))
  await tab.getByText('This is not that file: A block is missing.').waitFor()
  const flipped = Buffer.from(spec.car)
  flipped[flipped.length - 1] ^= 1
  await give(tab, drop(spec), car('flipped.car', flipped))
  await tab.getByText('This is not that file: A block is not what its CID says.').waitFor()
  await give(tab, drop(spec), car('spec.car', spec.car))
  await tab.getByText('This job comes with a trainer of the sponsor’s own.').waitFor()
  await give(tab, TABLE, table())
  await tab.getByText(/Nothing was trained: .*HTTP 404/).waitFor()
  await give(tab, drop(initial), car('initial.car', initial.car))
  await tab.getByText('No gateway gives a file of this job').waitFor({ state: 'detached' })
  await give(tab, TABLE, table())
  await tab.getByText('Trained on 60 rows').waitFor()
  await tab.getByText(/the initial model scores .* and yours 1\.0/).waitFor()
  await tab.getByText('Its numbers were computed by a stranger’s program').waitFor()
  await tab.getByText('0 bytes, in 0 requests').waitFor()
  await tab.getByRole('button', { name: 'Seal this model' }).waitFor()
  await glance(tab, 'join-script')
})

test('a trainer that goes on for ever is stopped; of one that leaves the rows beside its model, the gate lets nothing out', async (t) => {
  const { tab } = await training(t, leastSquares(GOES_ON + ROWS_BESIDE))
  await give(tab, TABLE, table(20))
  await tab.getByText('The trainer says: rows: 16').first().waitFor()
  await accessible(tab, 'a stranger’s trainer at work')
  await tab.getByRole('button', { name: 'Stop training' }).click()
  await give(tab, TABLE, table())
  await tab.getByText(/Nothing was trained: .*model\.safetensors/).waitFor()
  assert.equal(await tab.getByRole('button', { name: 'Seal this model' }).count(), 0)
  assert.equal(await tab.getByRole('button', { name: 'Download it' }).count(), 0)
})

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true }
const RUN = 'deml_learn/trainers/in_process.py'

/** The page's archive of Python, with a library that phones home while it trains. */
function phonesHome(archive) {
  const files = unzipSync(archive)
  const begins = '        with tempfile.TemporaryDirectory() as name'
  const written = strFromU8(files[RUN])
  assert.ok(written.includes(begins), 'there is a place for it')
  const call = ['import js', 'try:', '    js.fetch("/stolen?by=fetch")', 'except Exception:', '    pass']
  const code = ['try:', '    js.eval("import(\'/stolen?by=import\')")', 'except Exception:', '    pass']
  const lines = [...call, ...code].map((line) => `        ${line}\n`).join('')
  files[RUN] = strToU8(written.replace(begins, lines + begins))
  return Buffer.from(zipSync(files, { level: 1 }))
}

/** The page's worker, with a way out that was put aside before all ways were closed. */
const PUT_ASIDE = `const aside = self.fetch.bind(self)
self.addEventListener('message', ({ data }) => data.name === 'train' && aside('/stolen?by=worker'))
`

test('on a phone: what is learnt and spent is drawn, an audit is stopped, and what reads the rows is caught when it sends', async (t) => {
  const { tab, market } = await training(t, null, () => [], PHONE)
  const stolen = []
  tab.on('request', (request) => request.url().includes('stolen') && stolen.push(request.url()))
  await tab.getByText('Training takes up to 800 MB').waitFor()
  assert.equal(await tab.getByText('may be too little to train here').count(), 0)
  await tab.getByLabel('Privacy budget (epsilon)').fill('2')
  await tab.getByText('recognises at most 7.4% of the rows you trained on').waitFor()
  await give(tab, TABLE, table())
  await tab.getByText('an epsilon of at most 2 at a delta of').waitFor()
  await tab.getByRole('img', { name: /^(1\.9\d|2) of a budget of 2 is spent\.$/ }).waitFor()
  await tab.getByRole('img', { name: /^Error on the rows learnt from.* after epoch 30\.$/ }).waitFor()
  const line = tab.locator('[data-leaks]').filter({ hasText: 'sent by what reads your data' })
  assert.equal(await line.textContent(), '0 bytes sent by what reads your data. Its network is cut off.')
  const counted = () =>
    tab.evaluate(() =>
      ['sent', 'refused'].map((name) => Number(document.querySelector(`[data-${name}]`).dataset[name])),
    )
  assert.deepEqual(await counted(), [0, 0], 'what is honest tries nothing')

  await tab.getByText('Audit it, or make it smaller').click()
  await tab.getByLabel('Models to train and compare with').fill('2000')
  await tab.getByRole('button', { name: 'Audit it' }).click()
  await tab.getByText(/^Model \d+ of 2000 to compare with$/).waitFor()
  await fits(tab, 'an audit at work, on a phone')
  await accessible(tab, 'an audit at work, on a phone')
  await tab.getByRole('button', { name: 'Stop', exact: true }).click()
  await tab.getByRole('button', { name: 'Audit it' }).waitFor()
  assert.deepEqual(stolen, [])

  market.state.served = (path, content) => {
    if (path === '/python/deml.zip') return phonesHome(content)
    return /^\/assets\/worker-.*\.js$/.test(path) ? PUT_ASIDE + content : content
  }
  await give(tab, TABLE, table())
  await tab.getByText(/Sent by what read your data: one request, by .* 2 attempts were refused to reach/).waitFor()
  assert.deepEqual(await counted(), [1, 2])
  assert.equal(await line.textContent(), 'One request sent by what reads your data. 2 attempts were refused.')
  assert.deepEqual(
    stolen.map((one) => new URL(one).search),
    ['?by=worker'],
    'what was taken away sends nothing',
  )
  await accessible(tab, 'rows that may have left, on a phone')
})

test('a device with little memory says so before it trains', async (t) => {
  const { tab } = await training(t, null)
  await tab.addInitScript(() => Object.defineProperty(Navigator.prototype, 'deviceMemory', { get: () => 1 }))
  await tab.reload()
  await tab.getByText('about 1 GB of memory, which may be too little').waitFor()
})
