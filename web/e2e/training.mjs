// Training at home and in the tab, and what each leaves: audits and small files that equal the command's, and no cell of a
// table on its way to anybody. `world` has the devnet, the relay and the page's server.
import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { look } from './look.mjs'
import { agree, give, press } from './steps.mjs'

/** How long Python may take to load and to work, on a machine that is busy with other tests. */
export const PATIENCE = 240_000
const UNSEEN = 'Choose a table of rows that it has never seen'

/** Train in the tab, privately and then not, audit and shrink what comes of it, and seal it; nothing of the rows leaves. */
export async function trainHereAndSeal(world, tab, number, other) {
  const [table, unseen] = [number, other].map((one) => join(world.devnet.folder, `client${one}.csv`))
  const log = networkLog(tab)
  const drop = 'Choose a CSV or Parquet file to train on'
  const budget = tab.getByLabel('Privacy budget (epsilon)')
  await budget.fill('8')
  await give(tab, drop, table)
  await tab.getByText('an epsilon of at most 8 at a delta of').waitFor({ timeout: PATIENCE })
  await budget.fill('')
  await give(tab, drop, table)
  await press(tab, tab.getByRole('button', { name: 'Stop training' }))
  // Epochs of so few rows pass quickly: what the page said of them is written down as it says it.
  await tab.evaluate(() => {
    window.epochs = []
    const hear = () => window.epochs.push(...(document.body.textContent.match(/Epoch \d+ of \d+/g) ?? []))
    new MutationObserver(hear).observe(document.body, { subtree: true, childList: true, characterData: true })
  })
  await give(tab, drop, table)
  await tab.getByText('No row of your data stands in the file as it is.').waitFor({ timeout: PATIENCE })
  assert.ok((await tab.evaluate(() => window.epochs.length)) > 0, 'it tells how far it has come')
  await press(tab, tab.locator('summary', { hasText: 'Audit it, or make it smaller' }))
  await give(tab, UNSEEN, unseen)
  await tab.getByText(`${basename(unseen)} is chosen.`).waitFor()
  await press(tab, tab.getByRole('button', { name: 'Audit it' }))
  await tab.getByRole('table', { name: 'What each attack tells' }).waitFor({ timeout: PATIENCE })
  await press(tab, tab.getByRole('button', { name: 'Make it smaller' }))
  await tab.getByRole('button', { name: 'Seal the small one' }).waitFor({ timeout: PATIENCE })
  await tab
    .getByText(/0 bytes, in 0 requests/)
    .nth(2)
    .waitFor()
  await look(tab, 'join-train')
  const model = await saved(world, tab, 'Download it')
  const record = await saved(world, tab, 'Download the record of its training')
  nothingLeft(world, log, table)
  const told = await tab.locator('body').textContent()
  const audit = ['privacy', 'audit', '1', model, '--data', table, '--held-out', unseen, '--record', record, '--json']
  for (const sentence of JSON.parse(world.devnet.deml(...audit)).words) assert.ok(told.includes(sentence), sentence)
  await press(tab, tab.getByRole('button', { name: 'Seal this model' }))
  await agree(tab, 'Seal this model')
}

/** Save what a button of the page downloads; returns where. */
async function saved(world, tab, name) {
  const [file] = await Promise.all([
    tab.waitForEvent('download'),
    press(tab, tab.getByRole('button', { name, exact: true })),
  ])
  const place = join(world.devnet.folder, file.suggestedFilename())
  await file.saveAs(place)
  return place
}

/** Audit and shrink in the tab what the command has trained: with its own record, and to the bytes that the command writes. */
async function examineInTab(world, tab, model, number, other) {
  const [table, unseen] = [number, other].map((one) => join(world.devnet.folder, `client${one}.csv`))
  const choose = async (label, file) => {
    await give(tab, label, file)
    await tab
      .getByText(`${basename(file)} is chosen.`)
      .first()
      .waitFor()
  }
  await press(tab, tab.locator('summary', { hasText: 'Audit a model that you have, or make it smaller' }))
  await choose('Choose the model that you trained', model)
  await choose('Choose the table of rows to examine it with', unseen)
  await press(tab, tab.getByRole('button', { name: 'Make it smaller' }))
  await tab.getByRole('button', { name: 'Seal the small one' }).waitFor({ timeout: PATIENCE })
  const small = join(world.devnet.folder, 'small.safetensors')
  world.devnet.deml('shrink', '1', model, '--data', unseen, '--out', small)
  assert.ok(readFileSync(await saved(world, tab, 'Download the small one')).equals(readFileSync(small)), 'equal bytes')
  const trainings = join(world.devnet.environment.DEML_HOME, 'trainings')
  const [record] = readdirSync(trainings)
  await choose('Choose the table of rows to examine it with', table)
  await choose('Choose the record of its training, if you have one', join(trainings, record))
  await choose(UNSEEN, unseen)
  await press(tab, tab.getByRole('button', { name: 'Audit it' }))
  await tab.getByRole('table', { name: 'What each attack tells' }).waitFor({ timeout: PATIENCE })
  const told = await tab.locator('body').textContent()
  const audit = ['privacy', 'audit', '1', model, '--data', table, '--held-out', unseen, '--json']
  for (const sentence of JSON.parse(world.devnet.deml(...audit)).words) assert.ok(told.includes(sentence), sentence)
  await look(tab, 'join-examine')
}

/** What a tab and its workers send from now on: addresses and bodies of requests, and what goes through WebSockets. */
function networkLog(tab) {
  const log = []
  tab.on('request', (request) => log.push({ url: request.url(), body: request.postData() ?? '' }))
  tab.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => log.push({ url: socket.url(), body: `${payload}` })),
  )
  return log
}

/** Refuse a log in which anything went to anyone but those whom the page reads the market from, or that has a cell of a table. */
function nothingLeft(world, log, table) {
  const { rpc_url, node_url, inspect_url, ipfs_url, gateway_url } = world.devnet.deployment
  assert.ok(
    log.some(({ url }) => url.endsWith('/python/pyodide.asm.wasm')),
    'requests of the worker that trains are in the log',
  )
  const known = [rpc_url, node_url, inspect_url, ipfs_url, gateway_url, world.relay.url, world.page.url].map(
    (one) => new URL(one).host,
  )
  for (const { url } of log) {
    if (!/^(blob|data):/.test(url))
      assert.ok(known.includes(new URL(url).host) || url.includes('verify.walletconnect'), url)
  }
  const cells = new Set(
    readFileSync(table, 'utf8')
      .split(/[\n,]/)
      .filter((cell) => /^\d+\.\d{3,}$/.test(cell)),
  )
  assert.ok(cells.size > 500, 'the table has cells that nothing else has')
  for (const { url, body } of log) {
    for (const cell of cells) assert.ok(!url.includes(cell) && !body.includes(cell), `${cell} was sent to ${url}`)
  }
}

/** Train at home by the command, and seal the file in the page. */
export async function trainAndSeal(world, tab, number) {
  const model = join(world.devnet.folder, `model${number}.safetensors`)
  world.devnet.deml('train', '1', '--data', join(world.devnet.folder, `client${number}.csv`), '--out', model, '--yes')
  await examineInTab(world, tab, model, number, 2)
  await press(tab, tab.locator('summary', { hasText: 'I train elsewhere' }))
  await give(tab, 'Choose the model’s file', model)
  await agree(tab, 'Seal this model')
  // The command finds that the page's seal is of this file, with the salt that it makes of this wallet's signature.
  const { cid } = JSON.parse(world.devnet.deml('recover', '1', model, '--wallet', `client${number}`, '--json'))
  assert.ok(cid, 'what the page has sealed, the command opens')
  return model
}
