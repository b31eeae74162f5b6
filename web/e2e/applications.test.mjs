// A market of two Applications on one chain, each with a node of its own, in the page: one list, and what is sent from
// a page goes to the Application that the page is about. And what becomes of it where the chain's head is replaced, or the
// transaction is, on a real chain.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import { encodeFunctionData, parseAbi } from 'viem'
import { newContext, startBrowser } from './browser.mjs'
import { PYTHON, startDevnet, startPage } from './devnet.mjs'
import { look } from './look.mjs'
import { agree, connectHere, postJob, press } from './steps.mjs'
import { installWallet } from './wallet.mjs'

const INPUT_BOX = parseAbi([
  'function getNumberOfInputs(address) view returns (uint256)',
  'function addInput(address, bytes) returns (bytes32)',
])
const WAIT = 120_000
const TITLES = ['Job of the newest', 'Job of the older']

let devnet
let second
let older
let page
let browser
let made

before(async () => {
  devnet = startDevnet()
  second = spawn(
    PYTHON,
    [new URL('./second.py', import.meta.url).pathname, join(devnet.folder, 'devnet'), join(devnet.folder, 'second')],
    { env: devnet.environment, stdio: ['pipe', 'pipe', 'inherit'] },
  )
  const [line] = await Promise.race([
    new Promise((told) => createInterface({ input: second.stdout }).once('line', (one) => told([one]))),
    new Promise((_, failed) => second.once('exit', (code) => failed(new Error(`second.py ended with ${code}`)))),
  ])
  older = JSON.parse(line)
  devnet.environment.DEML_APP_ADDRESSES = `${older.app}@${older.node}`
  page = await startPage(devnet)
  browser = await startBrowser()
  const data = spawnSync(PYTHON, [new URL('./data.py', import.meta.url).pathname, devnet.folder], { encoding: 'utf8' })
  assert.equal(data.status, 0, data.stderr)
})

after(async () => {
  await browser?.close()
  page?.close()
  if (second?.exitCode === null) {
    const ended = new Promise((end) => second.once('exit', end))
    second.stdin.end()
    await ended
  }
  devnet?.close()
})

/** How many inputs the InputBox holds for an Application. */
async function inputsOf(app) {
  const data = encodeFunctionData({ abi: INPUT_BOX, functionName: 'getNumberOfInputs', args: [app] })
  return Number(await devnet.rpc('eth_call', [{ to: devnet.deployment.input_box, data }, 'latest']))
}

async function open(route, account) {
  made = await newContext(browser)
  const { rpc_url: rpcUrl, accounts } = devnet.deployment
  if (account) await installWallet(made.context, { rpcUrl, account: accounts[account], name: 'Hardhat' })
  const tab = await made.context.newPage()
  tab.setDefaultTimeout(WAIT)
  await tab.goto(page.url + route)
  return tab
}

test('two Applications are one market, and each job keeps its own', { timeout: 600_000 }, async () => {
  const newest = devnet.deployment.app_address.toLowerCase()
  const applications = [newest, older.app]
  for (const [index, app] of applications.entries()) {
    const tab = await open(`#/post?app=${app}`, 'sponsor')
    await connectHere(tab, 'Hardhat')
    assert.equal(await postJob(tab, devnet.folder, TITLES[index]), 1, 'each begins with job 1')
    assert.equal(new URL(tab.url().replace('#', '')).searchParams.get('app'), app)
    await made.context.close()
    devnet.deml('devnet', 'mine', '4')
    assert.deepEqual(await Promise.all(applications.map(inputsOf)), index === 0 ? [1, 0] : [1, 1])
  }

  const tab = await open('#/', 'sponsor')
  await tab.getByText('2 jobs', { exact: true }).waitFor()
  const table = tab.getByRole('table', { name: 'Applications of this market' })
  await table.getByText('Nobody').nth(1).waitFor() // Both have renounced their owner
  assert.equal(await table.getByText('answers', { exact: true }).count(), 2)
  await look(tab, 'market-of-several')

  await tab.getByRole('link', { name: TITLES[1] }).click()
  await tab.getByRole('heading', { name: TITLES[1] }).waitFor()
  await connectHere(tab, 'Hardhat')
  await tab.getByRole('button', { name: 'Cancel the job' }).click()
  await agree(tab, /^Cancel/)
  assert.deepEqual(await Promise.all(applications.map(inputsOf)), [1, 2], 'sent to the Application of the page')
  await tab.getByText('Cancelled before anybody joined').waitFor()

  await tab.getByRole('link', { name: 'Account' }).click()
  for (const app of applications) await tab.getByTitle(new RegExp(app, 'i')).waitFor()
  await tab.getByRole('link', { name: 'Market', exact: true }).click()
  await tab.getByRole('link', { name: TITLES[0] }).click()
  await tab.getByRole('heading', { name: TITLES[0] }).waitFor()
  await tab.getByRole('button', { name: 'Cancel the job' }).waitFor()
  await made.context.close()
  assert.deepEqual(made.errors, [])
})

test('the other Application’s node is down: it is told, and the first is listed', { timeout: 300_000 }, async () => {
  const ended = new Promise((end) => second.once('exit', end))
  second.stdin.end()
  await ended
  const tab = await open('#/')
  await tab.getByText('1 job', { exact: true }).waitFor()
  await tab.getByText('does not answer', { exact: true }).waitFor()
  await tab.getByRole('link', { name: TITLES[0] }).waitFor()
  await tab.goto(`${page.url}#/jobs/1?app=0x${'12'.repeat(20)}`)
  await tab.getByRole('heading', { name: 'This page knows no such Application.' }).waitFor()
  await made.context.close()
})

/** Ask the node of the first Application. */
async function ask(method, params) {
  const body = JSON.stringify({
    jsonrpc: '2.0',
    id: 1,
    method,
    params: { application: devnet.deployment.app_address, ...params },
  })
  const answer = await fetch(devnet.deployment.node_url, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json' },
  })
  return (await answer.json()).result
}

/** An input that no program of ours would send. */
function nonsense() {
  const { app_address, input_box, accounts } = devnet.deployment
  const data = encodeFunctionData({ abi: INPUT_BOX, functionName: 'addInput', args: [app_address, '0x'] })
  return devnet.rpc('eth_sendTransaction', [{ from: accounts.client1, to: input_box, data }])
}

test('a re-org takes back what was sent, and it is said; what its owner sends again for a higher fee counts', {
  timeout: 300_000,
}, async () => {
  const { rpc, deployment } = devnet
  const tab = await open('#/jobs/1', 'sponsor')
  await connectHere(tab, 'Hardhat')
  const deed = 'Cancel the job'
  const dialog = tab.getByRole('dialog', { name: deed })
  await press(tab, tab.getByRole('button', { name: deed }))
  await dialog.getByText('network fee').waitFor()

  // The node has not said yet what became of the input when the chain gives its place to another one.
  let release
  const released = new Promise((go) => {
    release = go
  })
  await made.context.route(`${deployment.node_url}**`, async (route) => {
    if (route.request().postData()?.includes('cartesi_getInput"')) await released
    await route.continue()
  })
  const place = await inputsOf(deployment.app_address)
  const fork = await rpc('evm_snapshot')
  await press(tab, dialog.getByRole('button', { name: deed }))
  await tab.getByText('Waiting for the dapp’s answer…').waitFor()
  assert.ok(await rpc('evm_revert', [fork]))
  const other = await nonsense()
  await rpc('anvil_mine', ['0x4'])
  const isOther = async () => {
    const found = await ask('cartesi_getInput', { input_index: `0x${place.toString(16)}` })
    return found?.data.transaction_hash === other && found.data.status !== 'NONE'
  }
  while (!(await isOther())) await rpc('anvil_mine', ['0x1'])
  release()
  await dialog.getByText('The chain has replaced the block that held your transaction.').waitFor()

  // What has left the wallet once is looked at again before it is sent again.
  assert.ok(await dialog.getByRole('button', { name: deed }).isDisabled())
  await press(tab, dialog.getByRole('button', { name: 'Not now' }))
  await press(tab, tab.getByRole('button', { name: deed }))
  await dialog.getByText('network fee').waitFor()

  // The wallet's owner raises the fee of what waits, and the chain takes that.
  await rpc('evm_setAutomine', [false])
  await rpc('evm_setIntervalMining', [0])
  const seen = tab.waitForResponse((one) => one.request().postData()?.includes('eth_getTransactionByHash'))
  await press(tab, dialog.getByRole('button', { name: deed }))
  await seen
  const { pending } = await rpc('txpool_content')
  const [waiting] = Object.values(
    Object.entries(pending).find(([from]) => from.toLowerCase() === deployment.accounts.sponsor.toLowerCase())[1],
  )
  const { from, to, input, nonce, gas, maxFeePerGas, maxPriorityFeePerGas } = waiting
  const double = (fee) => `0x${(2n * BigInt(fee) + 1n).toString(16)}`
  const fees = { maxFeePerGas: double(maxFeePerGas), maxPriorityFeePerGas: double(maxPriorityFeePerGas) }
  const again = await rpc('eth_sendTransaction', [{ from, to, data: input, nonce, gas, ...fees }])
  assert.notEqual(again, waiting.hash)
  await rpc('anvil_mine', ['0x1'])
  await rpc('evm_setAutomine', [true])
  await rpc('evm_setIntervalMining', [1])
  await dialog.waitFor({ state: 'hidden' })
  await tab.getByText('Cancelled before anybody joined').waitFor()
  assert.equal(await rpc('eth_getTransactionReceipt', [waiting.hash]), null)
  assert.equal((await rpc('eth_getTransactionReceipt', [again])).status, '0x1')
  await made.context.close()
  assert.deepEqual(made.errors, [])
})
