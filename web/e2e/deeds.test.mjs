// Deeds of the page that a usual job gets along without, against a made-up market: what anybody may send, a balance taken
// out, a wallet that signs differently each time, files that no IPFS node takes, and a phone's link without its picture.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, beforeEach, test } from 'node:test'
import { CarReader } from '@ipld/car'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { sha256 } from 'multiformats/hashes/sha2'
import { getAddress } from 'viem'
import { newContext, startBrowser } from './browser.mjs'
import { NOW, startFake } from './fake.mjs'
import { glance } from './look.mjs'
import { startRelay } from './relay.mjs'
import { client, ME, stages } from './stages.mjs'
import { agree, connectHere, give, pairingOf, press } from './steps.mjs'
import { installWallet } from './wallet.mjs'

const JOBS = 60
const HOUR = 3_600
const DEV = 10n ** 18n
const ACCOUNT = getAddress(ME)
const TOKEN = `0x${'7'.padStart(40, '0')}`

let market
let relay
let browser

before(async () => {
  relay = await startRelay()
  const made = startFake({ count: JOBS, staged: stages(JOBS), relayUrl: relay.url })
  ;[market, browser] = await Promise.all([made, startBrowser()])
  market.state.gateway = (_, response) => response.writeHead(404).end()
})

beforeEach(() => Object.assign(market.state, { now: NOW, sent: [], inspected: (answer) => answer }))

after(async () => {
  await browser?.close()
  market?.close()
  await relay?.close()
})

/** A tab of a new context at `route`, with a wallet that is not connected yet. */
async function open(t, route, options = {}) {
  const { context, errors, outside } = await newContext(browser, options)
  await installWallet(context, { rpcUrl: market.rpcUrl, account: ACCOUNT, name: 'Hardhat' })
  const tab = await context.newPage()
  tab.setDefaultTimeout(30_000)
  t.after(async () => {
    await context.close()
    assert.deepEqual(errors, [], 'errors in the page')
    outside.delete('https://verify.walletconnect.org')
    assert.deepEqual([...outside], [], 'requests to other hosts')
  })
  await tab.goto(market.url + route)
  return tab
}

/** Let the node answer a query with something else than usual, in part. */
function answer(query, part) {
  const before = market.state.inspected
  market.state.inspected = (usual, asked) => {
    const told = before(usual, asked)
    return asked.split('?')[0] === query ? { ...told, ...part } : told
  }
}

/** The same of a job. */
function tell(jobId, job) {
  answer(`jobs/${jobId}`, { job: { ...market.jobs[jobId - 1], ...job } })
}

/** Press a button that saves something; returns where it is. */
async function saved(tab, name) {
  const button = tab.getByRole('button', { name })
  const [download] = await Promise.all([tab.waitForEvent('download'), press(tab, button)])
  return download.path()
}

test('a scoring that one input could not finish goes on, as far as it can', async (t) => {
  const owner = getAddress(client(1, 'scoring').client)
  answer('jobs/59/clients', { scorings: [{ jobId: 59, client: owner.toLowerCase(), rowsDone: 200, rows: 500 }] })
  const tab = await open(t, '#/jobs/59')
  await connectHere(tab, 'Hardhat')
  await tab.getByText('200 of 500 test rows scored').waitFor()
  await glance(tab, 'job-slices')
  await press(tab, tab.getByRole('button', { name: 'Let the scoring go on' }))
  await agree(tab, 'Let the scoring go on')
  assert.deepEqual(market.inputs(), [['score', 59n, owner, 256]])
})

test('the models that were paid are averaged', async (t) => {
  tell(57, { average: { until: NOW + HOUR, models: 2, added: 0, modelCid: null, rowsDone: 0, score: null } })
  const tab = await open(t, '#/jobs/57')
  await connectHere(tab, 'Hardhat')
  await press(tab, tab.getByRole('button', { name: 'Have them averaged now' }))
  await agree(tab, 'Average the paid models')
  assert.deepEqual(market.inputs(), [['aggregate', 57n]])
})

test('the next round begins when somebody who was due has not published', async (t) => {
  tell(59, { roundUntil: NOW - 1 })
  const tab = await open(t, '#/jobs/59')
  await connectHere(tab, 'Hardhat')
  await press(tab, tab.getByRole('link', { name: 'Begin it' }))
  await press(tab, tab.getByRole('button', { name: 'Begin the next round' }))
  await agree(tab, 'Begin the next round')
  assert.deepEqual(market.inputs(), [['settle', 59n]])
})

test('a balance is taken out whole, to the wallet that it belongs to', async (t) => {
  answer(`accounts/${ME}`, { balances: [{ token: TOKEN, amount: String(5n * DEV + 1n) }] })
  const tab = await open(t, '#/account')
  await connectHere(tab, 'Hardhat')
  await press(tab, tab.getByRole('button', { name: 'Withdraw', exact: true }))
  await agree(tab, /^Withdraw 5/)
  assert.deepEqual(market.inputs(), [['withdraw', TOKEN, 5n * DEV + 1n, ACCOUNT]])
})

test('a phone’s link is copied where its picture cannot be scanned', async (t) => {
  const tab = await open(t, '#/', { permissions: ['clipboard-read', 'clipboard-write'] })
  await press(tab, tab.getByRole('button', { name: 'Connect', exact: true }))
  await press(tab, tab.getByRole('button', { name: 'Wallet on a phone' }))
  const uri = await pairingOf(tab)
  assert.match(uri, /^wc:[0-9a-f]{64}@2\?/)
  await press(tab, tab.getByRole('button', { name: 'Copy the link instead' }))
  await tab.waitForFunction(async (link) => (await navigator.clipboard.readText()) === link, uri)
})

test('a wallet that signs differently each time: the salt’s file goes on elsewhere; who has no IPFS node has a CAR', async (t) => {
  const content = Buffer.from('a model, as far as sealing is concerned')
  const model = { name: 'model.safetensors', mimeType: 'application/octet-stream', buffer: content }
  const cid = CID.createV1(raw.code, await sha256.digest(content)).toString()
  const me = client(1, 'accepted', { client: ME, commitment: null })
  answer(`jobs/${JOBS}/clients`, { clients: [me] })
  const here = await open(t, `#/jobs/${JOBS}/join`)
  await connectHere(here, 'Hardhat')
  await press(here, here.locator('summary', { hasText: 'I train elsewhere' }))
  await give(here, 'Choose the model’s file', model)
  await agree(here, 'Seal this model')
  const [[sealed, , commitment]] = market.inputs()
  assert.equal(sealed, 'commit')
  Object.assign(me, { standing: 'committed', commitment })
  await here.getByText(/^The test rows are shown until/).waitFor()
  const backup = await saved(here, 'Download the salt')
  const { salt, ...rest } = JSON.parse(readFileSync(backup, 'utf8'))
  assert.deepEqual(rest, { jobId: JOBS, cid })
  // Whoever only looks at what sealing another one would mean still has the one that is on the chain.
  await press(here, here.getByRole('button', { name: /Train and seal$/ }))
  await press(here, here.locator('summary', { hasText: 'I train elsewhere' }))
  await give(here, 'Choose the model’s file', { ...model, buffer: Buffer.from('another model') })
  await press(here, here.getByRole('dialog').getByRole('button', { name: 'Not now' }))
  assert.deepEqual(readFileSync(await saved(here, 'Download the sealed model')), content)

  const { declareUntil, submitUntil } = market.jobs[JOBS - 1].terms
  const dataCid = CID.createV1(raw.code, await sha256.digest(Buffer.from('rows'))).toString()
  Object.assign(market.state, { now: declareUntil + 1, sent: [] })
  Object.assign(me, { declared: -50_000, due: String(300n * DEV) })
  // Its model is verified as soon as it is sent, so that the job can be settled: the page is at the next step at once.
  Object.defineProperty(me, 'standing', {
    enumerable: true,
    get: () => (market.state.sent.length > 0 ? 'verified' : 'due'),
  })
  const counts = { participants: 1, committed: 1, declared: 1 }
  tell(JOBS, { phase: 'submit', revealed: true, dataCid, rows: 500, round: 1, roundUntil: submitUntil, ...counts })
  const there = await open(t, `#/jobs/${JOBS}/join`)
  await connectHere(there, 'Hardhat')
  await press(there, there.getByRole('button', { name: 'Review and publish' }))
  await give(there, 'Choose the sealed file', model)
  await there.getByText('or this wallet signs differently each time').waitFor()
  await give(there, 'Choose the salt’s file (.json)', {
    name: 'salt.json',
    mimeType: 'application/json',
    buffer: readFileSync(backup),
  })
  await agree(there, /^Publish for 300/)
  const [[...submitted]] = market.inputs()
  assert.deepEqual(submitted.slice(0, 5), ['submit', BigInt(JOBS), cid, dataCid, salt])

  const car = await CarReader.fromBytes(readFileSync(await saved(there, 'Download your model as a CAR')))
  assert.deepEqual((await car.getRoots()).map(String), [cid])
  const { bytes } = await car.get(CID.parse(cid))
  assert.deepEqual(Buffer.from(bytes), content)
  await there.getByRole('button', { name: 'Settle the job' }).waitFor()
  await press(there, there.getByRole('button', { name: 'They are on IPFS' }))
  await there.getByRole('region', { name: 'These files must be on IPFS' }).waitFor({ state: 'hidden' })
})
