// A job with a trainer of the sponsor's own, by the page's whole path: table and files in, the trainer in its frame, what it
// leaves through the gate. And files that no gateway gives, by hand.
import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { after, before, test } from 'node:test'
import { CarWriter } from '@ipld/car'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { sha256 } from 'multiformats/hashes/sha2'
import { getAddress } from 'viem'
import { newContext, startBrowser } from './browser.mjs'
import { PYTHON } from './devnet.mjs'
import { startFake } from './fake.mjs'
import { accessible, glance } from './look.mjs'
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

/** The page where a client trains for a job with this trainer; `kept` are files that no gateway gives. */
async function training(t, trainer, kept = () => []) {
  const script = await block(Buffer.from(trainer))
  const initial = await block(task.initial)
  const column = (name) => ({ name, type: 'number' })
  const columns = [column('a'), column('b'), column('y')]
  const said = {
    ...{ version: 1, title: 'Two columns', description: '', license: '' },
    ...{ data: { columns, label: { column: 'y' } }, trainer: { kind: 'script', cid: script.cid } },
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
  const { context, outside, errors } = await newContext(browser)
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
  return { tab, files: { script, initial, spec } }
}

/** A table in which y = 2 a - b + 1. */
function table() {
  const rows = Array.from({ length: 60 }, (_, at) => [(at % 10) / 10, (at % 7) / 7])
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

test('a trainer that leaves the rows beside its model: the gate lets nothing out', async (t) => {
  const { tab } = await training(t, leastSquares(ROWS_BESIDE))
  await give(tab, TABLE, table())
  await tab.getByText(/Nothing was trained: .*model\.safetensors/).waitFor()
  assert.equal(await tab.getByRole('button', { name: 'Seal this model' }).count(), 0)
  assert.equal(await tab.getByRole('button', { name: 'Download it' }).count(), 0)
})
