// `deml-replay`, packed and installed as a validator without Python has it: against an honest node, against nodes that lie
// about an input, a verdict, an output or a report, and against a chain that accepted another root. The page's Verify, in
// Chromium, through the same.
import assert from 'node:assert/strict'
import { execFile, execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { deserialize, serialize } from 'node:v8'
import { newContext, startBrowser } from './browser.mjs'
import { startDevnet, startPage } from './devnet.mjs'
import { closeLiars, liar } from './liars.mjs'
import { glance, look } from './look.mjs'
import { check, connectHere, press } from './steps.mjs'
import { installWallet } from './wallet.mjs'

const PACKAGE = fileURLToPath(new URL('../replay/', import.meta.url))
const PYTHON = process.env.DEML_PYTHON ?? new URL('../../.venv/bin/python', import.meta.url).pathname
let devnet
let page
let home
let program
let browser

/** How long Python may take to load and to work, on a machine that is busy with other tests. */
const PATIENCE = 240_000

/** The package in an empty folder, from its archive and nothing else; returns its program. */
function install(folder) {
  const npm = (...words) => execFileSync('npm', words, { cwd: folder, encoding: 'utf8' })
  const [{ filename, files }] = JSON.parse(npm('pack', '--json', PACKAGE))
  const names = files.map((one) => one.path)
  assert.ok(names.includes('README.md') && names.includes('dist/python/deml.zip'), names.join(', '))
  writeFileSync(join(folder, 'package.json'), '{"private": true}')
  npm('install', '--offline', '--no-audit', '--no-fund', filename)
  return join(folder, 'node_modules/.bin/deml-replay')
}

before(async () => {
  home = mkdtempSync(join(tmpdir(), 'deml-replay-'))
  program = install(home)
  devnet = startDevnet()
  const { folder, deployment, deml } = devnet
  const written = spawnSync(PYTHON, [new URL('./data.py', import.meta.url).pathname, folder], { encoding: 'utf8' })
  assert.equal(written.status, 0, written.stderr)
  const label = ['--data', 'sample.csv', '--label', 'diagnosis']
  deml('job', 'new', 'job.toml', ...label, '--title', 'Tell tumours apart', '--quick', '--yes')
  const jobFile = join(folder, 'job.toml')
  writeFileSync(jobFile, readFileSync(jobFile, 'utf8').replace('confidence = "95%"', 'confidence = "0%"'))
  deml('train', '--terms', 'job.toml', ...label, '--out', 'initial.safetensors', '--yes')
  deml('job', 'post', 'job.toml', '--wallet', 'sponsor', '--yes')
  // An input that no program of ours would send: refused, with a report.
  const data = `0x1789cd63${deployment.app_address.slice(2).padStart(64, '0')}${'40'.padStart(64, '0')}${'0'.repeat(64)}`
  await devnet.rpc('eth_sendTransaction', [{ from: deployment.accounts.client1, to: deployment.input_box, data }])
  deml('devnet', 'mine', '4')
  deml('devnet', 'epoch')
  page = await startPage(devnet)
  browser = await startBrowser()
})

after(async () => {
  await browser?.close()
  closeLiars()
  page?.close()
  devnet?.close()
  if (home) rmSync(home, { recursive: true })
})

/** Run the program to its end. */
function replay(...words) {
  return new Promise((done) => {
    execFile(program, [`${page.url}settings.json`, ...words], { cwd: home }, (error, stdout, stderr) =>
      done({ code: error ? error.code : 0, stdout, stderr }),
    )
  })
}

/** Change a record of one list, for the first input that has any. */
function falsified(method, change) {
  return liar(devnet.deployment.node_url, (asked, answer) => {
    if (asked.method === method && answer.result.data.length > 0) change(answer.result.data[0])
    return answer
  })
}

/** A node that says that it took what it refused. */
const takesAll = () =>
  liar(devnet.deployment.node_url, (asked, answer) => {
    if (asked.method === 'cartesi_listInputs' && answer.result.data.length > 1)
      answer.result.data[1].status = 'ACCEPTED'
    return answer
  })

/** A chain that has accepted no root. */
const acceptsNone = () =>
  liar(devnet.deployment.rpc_url, (asked, answer) =>
    asked.method === 'eth_call' && answer.result === TRUE ? { ...answer, result: `0x${'0'.repeat(64)}` } : answer,
  )
const TRUE = `0x${'1'.padStart(64, '0')}`

/**
 * A chain and a node in the time between a claim's computation and its acceptance, or as `state` has them by now: whether
 * the chain has accepted it (`accepted`), the epoch's status by the node's word, and a root that the chain has accepted instead.
 */
async function beforeAcceptance(state) {
  const rpcUrl = await liar(devnet.deployment.rpc_url, (asked, answer) => {
    if (state.accepted) return answer
    if (asked.method === 'eth_call' && answer.result === TRUE) return { ...answer, result: `0x${'0'.repeat(64)}` }
    if (asked.method !== 'eth_getLogs') return answer
    if (!state.instead) return { ...answer, result: [] }
    const logs = answer.result.map((one) => ({ ...one, data: one.data.slice(0, 66) + state.instead }))
    return { ...answer, result: logs }
  })
  const nodeUrl = await liar(devnet.deployment.node_url, (asked, answer) => {
    if (asked.method === 'cartesi_getEpoch') answer.result.data.status = state.status
    return answer
  })
  return { rpcUrl, nodeUrl }
}

const flip = (hex) => hex.slice(0, -1) + (hex.endsWith('0') ? '1' : '0')

test('an honest node, and a claim that the chain has accepted', async () => {
  const { code, stdout, stderr } = await replay()
  assert.equal(code, 0, stderr + stdout)
  assert.match(stdout, /accepted on chain: the root of \d+ outputs/)
  assert.match(stdout, /all equal: 2 inputs, 1 outputs, 1 reports/)
})

test('an Application by its account, and one that the market does not have', async () => {
  const known = await replay('--app', devnet.deployment.app_address.toLowerCase())
  assert.equal(known.code, 0, known.stderr)
  const strange = await replay('--app', `0x${'12'.repeat(20)}`)
  assert.equal(strange.code, 2)
  assert.match(strange.stderr, /Name an Application of this market: 0x/)
  for (const [place, said] of [
    ['nothing.json', /nothing\.json is no file that can be read/],
    ['page.txt', /page\.txt is not JSON/],
  ]) {
    writeFileSync(join(home, 'page.txt'), '<!doctype html>')
    const wrong = spawnSync(program, [place], { cwd: home, encoding: 'utf8' })
    assert.equal(wrong.status, 2, wrong.stderr)
    assert.match(wrong.stderr, said)
  }
  const deaf = await replay('--rpc', 'http://127.0.0.1:1')
  assert.equal(deaf.code, 3)
  assert.match(deaf.stderr, /^Error: The chain does not answer as it should: HTTP request failed\.\n$/)
})

test('as JSON, a line for every input', async () => {
  const { stdout } = await replay('--json')
  const kinds = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).kind)
  assert.deepEqual(kinds, ['equal', 'equal', 'claim', 'done'])
})

test('a second run goes on from where the first came to; not from a state that was changed', async () => {
  const state = join(home, 'market.state')
  const told = async () => {
    const { code, stdout, stderr } = await replay('--state', state)
    assert.equal(code, 0, stderr + stdout)
    return stdout.trim().split('\n').at(-1)
  }
  assert.match(await told(), /: 2 inputs, 1 outputs, 1 reports$/)
  assert.match(await told(), /: 0 inputs, 0 outputs, 0 reports, after 2 inputs of an earlier run$/)
  const kept = deserialize(readFileSync(state))
  kept.snapshot.state[kept.snapshot.state.length >> 1] ^= 1
  writeFileSync(state, serialize(kept))
  assert.match(await told(), /: 2 inputs, 1 outputs, 1 reports$/, 'a changed state is not gone on from')
  writeFileSync(state, 'nonsense')
  const refused = await replay('--state', state)
  assert.equal(refused.code, 2)
  assert.match(refused.stderr, /it is no state of this program/)
})

test('a node that tells another payload than the bytes of the input say', async () => {
  const url = await falsified('cartesi_listInputs', (one) => {
    one.decoded_data.payload = flip(one.decoded_data.payload)
  })
  const { code, stdout } = await replay('--node', url)
  assert.equal(code, 1)
  assert.match(stdout, /DIFFERS: the node's reading of input 0\n {2}recomputed +payload 0x/)
})

test('a node that makes up an input that nobody sent', async () => {
  const url = await liar(devnet.deployment.node_url, (asked, answer) => {
    if (asked.method !== 'cartesi_listInputs') return answer
    const { data, pagination } = answer.result
    const last = data.at(-1)
    if (last) data.push({ ...last, index: '0x2', raw_data: flip(last.raw_data) })
    pagination.total_count += 1
    return answer
  })
  const { code, stdout } = await replay('--node', url)
  assert.equal(code, 1)
  assert.match(stdout, /DIFFERS: bytes of input 2\n {2}on chain +nothing\n {2}the node says +0x/)
})

test('a node that says of an input that the program failed on it', async () => {
  for (const status of ['EXCEPTION', 'MACHINE_HALTED']) {
    const url = await falsified('cartesi_listInputs', (one) => {
      one.status = status
    })
    const { code, stdout } = await replay('--node', url)
    assert.equal(code, 1)
    assert.match(stdout, /DIFFERS: verdict of input 0\n {2}recomputed +ACCEPTED/)
    assert.doesNotMatch(stdout, /all equal/)
  }
})

test('a node that falsifies an output', async () => {
  const url = await falsified('cartesi_listOutputs', (one) => {
    one.raw_data = flip(one.raw_data)
  })
  const { code, stdout } = await replay('--node', url)
  assert.equal(code, 1)
  assert.match(stdout, /DIFFERS: output 0 of input 0/)
})

test('a node that falsifies a report', async () => {
  const url = await falsified('cartesi_listReports', (one) => {
    one.raw_data = flip(one.raw_data)
  })
  const { code, stdout } = await replay('--node', url)
  assert.equal(code, 1)
  assert.match(stdout, /DIFFERS: report 0 of input 1/)
})

test('a node that falsifies a verdict', async () => {
  const { code, stdout } = await replay('--node', await takesAll())
  assert.equal(code, 1)
  assert.match(stdout, /DIFFERS: verdict of input 1\n {2}recomputed +REJECTED\n {2}the node says +ACCEPTED/)
})

test('a chain that has accepted another root', async () => {
  const { code, stdout } = await replay('--rpc', await acceptsNone())
  assert.equal(code, 1)
  assert.match(stdout, /DIFFERS: the chain has not accepted the root of 1 outputs/)
})

test('a claim that is computed and waits for acceptance is no difference', async () => {
  const { rpcUrl, nodeUrl } = await beforeAcceptance({ status: 'CLAIM_COMPUTED' })
  const { code, stdout, stderr } = await replay('--rpc', rpcUrl, '--node', nodeUrl)
  assert.equal(code, 0, stdout + stderr)
  assert.match(stdout, /waits for acceptance on chain: the root of 1 outputs/)
  assert.match(stdout, /all equal: 2 inputs, 1 outputs, 1 reports/)
})

test('a node whose claim is said to wait, while the chain has accepted another', async () => {
  const { rpcUrl, nodeUrl } = await beforeAcceptance({ status: 'CLAIM_SUBMITTED', instead: 'ee'.repeat(32) })
  const { code, stdout } = await replay('--rpc', rpcUrl, '--node', nodeUrl)
  assert.equal(code, 1)
  assert.match(stdout, /DIFFERS: the chain has not accepted the root of 1 outputs/)
})

test('called wrongly, or where nobody answers', async () => {
  const helped = await replay('--help')
  assert.equal(helped.code, 0)
  assert.match(helped.stdout, /^Usage: deml-replay SETTINGS/)
  assert.equal((await replay('--nonsense')).code, 2)
  assert.equal((await replay('--node', 'http://127.0.0.1:9/')).code, 3)
})

/** Change the first record of any list of outputs, or of reports. */
const changed = (list) => () =>
  falsified(`cartesi_list${list}`, (one) => {
    one.raw_data = flip(one.raw_data)
  })

/** A tab whose page asks whom `settings` names in place of the honest ones; they may be changed before a reload. */
async function openPage(t, settings, owner = 'client1') {
  const made = await newContext(browser)
  await installWallet(made.context, {
    rpcUrl: devnet.deployment.rpc_url,
    account: devnet.deployment.accounts[owner],
    name: 'Hardhat',
  })
  const honest = await (await fetch(`${page.url}settings.json`)).json()
  await made.context.route('**/settings.json', (route) => route.fulfill({ json: { ...honest, ...settings } }))
  const tab = await made.context.newPage()
  tab.setDefaultTimeout(60_000)
  t.after(async () => {
    await tab.unrouteAll({ behavior: 'wait' })
    await made.context.close()
    assert.deepEqual(made.errors, [], 'errors in the page')
    assert.deepEqual([...made.outside], [], 'requests to other hosts')
  })
  return tab
}

async function runAgain(tab) {
  await tab.goto(`${page.url}#/verify`)
  await press(tab, tab.getByRole('button', { name: 'Run it again' }))
}

/** Open the dialog that would send, and tell whether its button may be pressed once the chain has told the fee. */
async function mayJoin(tab) {
  await tab.goto(`${page.url}#/jobs/1/join`)
  await check(tab, join(devnet.folder, 'client1.csv'))
  await glance(tab, 'join-check')
  await press(tab, tab.getByRole('button', { name: 'Go on' }))
  await press(tab, tab.getByRole('button', { name: /^Join with/ }))
  const dialog = tab.getByRole('dialog')
  await dialog.getByText('network fee').waitFor()
  return { dialog, deed: dialog.getByRole('button', { name: /^Join with/ }) }
}

const OFF = /Nothing can be sent until Verify/

for (const [name, url, lie, said, mark] of [
  ['output', 'nodeUrl', changed('Outputs'), 'Output 0 of input 0 is not what the node says.', /1 output differs/],
  ['report', 'nodeUrl', changed('Reports'), 'Report 0 of input 1 is not what the node says.', /1 report differs/],
  ['verdict', 'nodeUrl', takesAll, 'The node’s verdict on input 1 is not the program’s.', /1 verdict differs/],
  ['root', 'rpcUrl', acceptsNone, 'The chain has not accepted the root of these outputs', /The root differs/],
]) {
  test(`in the page, a falsified ${name} is found and named, and stays so over a reload`, async (t) => {
    const settings = { [url]: await lie() }
    const tab = await openPage(t, settings)
    await tab.goto(`${page.url}#/verify`)
    await connectHere(tab, 'Hardhat')
    await runAgain(tab)
    await tab.getByText(said).waitFor({ timeout: PATIENCE })
    const header = tab.getByRole('banner').getByRole('link', { name: mark })
    await header.waitFor()
    await look(tab, `verify-${name}`)
    await tab.reload()
    await header.waitFor()
    if (name === 'output' || name === 'root') await sendingIsOff(tab, settings, url, header)
  })
}

test('in the page, a claim that waits is no difference; one that the node calls accepted, and the chain does not, is', async (t) => {
  const state = { status: 'CLAIM_COMPUTED' }
  const tab = await openPage(t, await beforeAcceptance(state))
  await tab.goto(`${page.url}#/verify`)
  await tab.getByText('1 leads to a claim that waits for acceptance on chain.').waitFor()
  await connectHere(tab, 'Hardhat')
  await runAgain(tab)
  await tab.getByText(/first 1 outputs.* It waits for acceptance on chain\./).waitFor({ timeout: PATIENCE })
  const red = tab.getByRole('banner').getByRole('link', { name: /differs|fail/ })
  assert.equal(await red.count(), 0)
  await look(tab, 'verify-pending')
  const on = await mayJoin(tab)
  await on.dialog.locator('button.primary:enabled').waitFor()
  await press(tab, tab.getByRole('button', { name: 'Not now' }))
  await tab.goto(`${page.url}#/verify`)
  state.status = 'CLAIM_ACCEPTED'
  await red.filter({ hasText: 'The root differs' }).waitFor()
  const off = await mayJoin(tab)
  await off.dialog.getByText(OFF).waitFor()
  assert.ok(await off.deed.isDisabled())
  await press(tab, tab.getByRole('button', { name: 'Not now' }))
  state.accepted = true
  await tab.goto(`${page.url}#/verify`)
  await tab.getByText(/The root of the first 1 outputs.* has accepted/).waitFor()
  await red.waitFor({ state: 'hidden' })
  await tab.getByText('1 of 1 notices').waitFor()
})

/** Nothing is sent before Verify has found all equal, whoever the node is by now. */
async function sendingIsOff(tab, settings, url, header) {
  const off = await mayJoin(tab)
  await off.dialog.getByText(OFF).waitFor()
  assert.ok(await off.deed.isDisabled())
  await look(tab, 'consent-off')
  delete settings[url]
  await tab.reload()
  await header.waitFor()
  assert.ok(await (await mayJoin(tab)).deed.isDisabled(), 'another node has not agreed yet')
  await press(tab, tab.getByRole('button', { name: 'Not now' }))
  await runAgain(tab)
  await tab.getByText(/Your browser ran 2 inputs/).waitFor({ timeout: PATIENCE })
  await header.waitFor({ state: 'hidden' })
  const on = await mayJoin(tab)
  assert.equal(await on.dialog.getByText(OFF).count(), 0)
  await on.dialog.locator('button.primary:enabled').waitFor()
}

test('in the page, a node that leaves a job out of an account is not taken for recomputed', async (t) => {
  const tab = await openPage(t, {}, 'sponsor')
  await tab.goto(`${page.url}#/account`)
  await connectHere(tab, 'Hardhat')
  await runAgain(tab)
  await tab.getByText(/Your browser ran 2 inputs/).waitFor({ timeout: PATIENCE })
  await glance(tab, 'verify-done')
  await tab.goto(`${page.url}#/account`)
  const stake = tab.locator('dl > div', { hasText: 'At stake' })
  await stake.getByText('1 job').waitFor()
  await tab.waitForFunction(() => !document.querySelector('.provenance:not([data-state=checked])'))
  assert.ok((await tab.locator('.provenance').count()) > 5)
  await tab.route('**/inspect/**', async (route) => {
    const answer = await (await route.fetch()).json()
    const told = JSON.parse(Buffer.from(answer.reports[0].payload.slice(2), 'hex').toString())
    if (told.account) told.jobs.sponsor = []
    const payload = `0x${Buffer.from(JSON.stringify(told)).toString('hex')}`
    await route.fulfill({ json: { ...answer, reports: [{ payload }] } })
  })
  await stake.locator('.provenance[data-state=differs]').waitFor()
  await tab.getByText('1 job', { exact: false }).waitFor({ state: 'hidden' })
})
