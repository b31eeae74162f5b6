// A whole job in the page: a sponsor posts and shows its rows, one client takes part with a wallet in the browser
// (EIP-6963, EIP-5792), one with a phone (WalletConnect), a stranger looks on and checks. Rewards are read from the chain.
import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { after, before, test } from 'node:test'
import { newContext, startBrowser } from './browser.mjs'
import { PYTHON, secondClient, startDevnet, startPage } from './devnet.mjs'
import { glance, look } from './look.mjs'
import { startRelay } from './relay.mjs'
import { agree, check, connectHere, connectPhone, declare, pairingOf, postJob, press, write } from './steps.mjs'
import { PATIENCE, trainAndSeal, trainHereAndSeal } from './training.mjs'
import { installWallet } from './wallet.mjs'

const WAIT = 90_000

const TITLE = 'Tell tumours apart'

/** Longest life of a WalletConnect session, and some. */
const LATER_MS = 8 * 86_400_000

let devnet
let relay
let page
let browser
let phone
const heard = []
const seconds = []
const opened = []
let done = false

before(async () => {
  devnet = startDevnet()
  relay = await startRelay()
  page = await startPage(devnet, '--relay-url', relay.url)
  browser = await startBrowser()
  const { rpc_url, accounts, chain_id } = devnet.deployment
  phone = spawn(process.execPath, ['phone.mjs', relay.url, rpc_url, accounts.client2, String(chain_id)], {
    cwd: new URL('.', import.meta.url).pathname,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  createInterface({ input: phone.stdout }).on('line', (line) => heard.push(line))
  const data = spawnSync(PYTHON, [new URL('./data.py', import.meta.url).pathname, devnet.folder], { encoding: 'utf8' })
  assert.equal(data.status, 0, data.stderr)
})

after(async () => {
  if (!done) await tell()
  phone?.stdin.end()
  await browser?.close()
  page?.close()
  for (const one of seconds) one.close()
  await relay?.close()
  devnet?.close()
})

/** What the pages showed, for whoever reads of a failure. */
async function tell() {
  for (const { context, errors } of opened) {
    for (const error of errors) console.error('error in a page:', error)
    for (const tab of context.pages())
      console.error(tab.url(), (await tab.locator('body').textContent()).slice(0, 1500))
  }
}

/** Balance of an account in the reward token, read from the chain. */
async function balanceOf(account) {
  const data = `0x70a08231${account.slice(2).padStart(64, '0')}`
  return BigInt(await devnet.rpc('eth_call', [{ to: devnet.deployment.token, data }, 'latest']))
}

/** Send an input that no program of ours would: it is refused, with a report. */
async function sendNonsense() {
  const { app_address, accounts, input_box } = devnet.deployment
  const data = `0x1789cd63${app_address.slice(2).padStart(64, '0')}${'40'.padStart(64, '0')}${'0'.repeat(64)}`
  await devnet.rpc('eth_sendTransaction', [{ from: accounts.client1, to: input_box, data }])
}

/** A page of a new context at `route`; with `wallet`, one that finds a wallet there. */
async function open(route, wallet) {
  const made = await newContext(browser)
  opened.push(made)
  if (wallet) await installWallet(made.context, { rpcUrl: devnet.deployment.rpc_url, ...wallet })
  const tab = await made.context.newPage()
  tab.setDefaultTimeout(WAIT)
  await tab.goto(page.url + route)
  return tab
}

/** Wait for what no page shows. */
async function until(holds) {
  const end = Date.now() + WAIT
  while (!holds()) {
    assert.ok(Date.now() < end, String(holds))
    await new Promise((done) => setTimeout(done, 50))
  }
}

const jobNow = () => JSON.parse(devnet.deml('job', 'show', '1', '--json')).job

test('a job from its posting to the reward, by three wallets and a stranger', { timeout: 900_000 }, async (t) => {
  const { folder, deployment } = devnet
  const step = async (name, run) => {
    const went = await new Promise((end) => {
      t.test(name, async () => {
        try {
          await run()
          end(true)
        } catch (error) {
          end(false)
          throw error
        }
      })
    })
    if (!went) throw new Error(`what follows needs that ${name}`)
  }
  const { accounts } = deployment
  const mine = (number) => devnet.deml('devnet', 'mine', String(number))
  const wallet = (account, more = {}) => ({ account: accounts[account], name: 'Hardhat', ...more })
  let sponsor, stranger, first, second, model
  const before = await Promise.all(['client1', 'client2'].map((one) => balanceOf(accounts[one])))

  await step('the sponsor posts it', async () => {
    sponsor = await open('#/post', wallet('sponsor'))
    await connectHere(sponsor, 'Hardhat')
    const looked = (step) => look(sponsor, `post-${step}`)
    assert.equal(await postJob(sponsor, folder, TITLE, looked), 1)
    await sponsor.getByRole('heading', { name: TITLE }).waitFor()
    await sponsor.getByRole('button', { name: 'Cancel the job' }).waitFor()
    mine(4)
  })

  await step('the sponsor raises the reward', async () => {
    await press(sponsor, sponsor.locator('summary', { hasText: 'Raise the reward' }))
    await write(sponsor, 'Add to the reward', '1')
    await press(sponsor, sponsor.getByRole('button', { name: 'Review and add' }))
    await agree(sponsor, /^Add 1/)
    await sponsor.getByText('1,001').first().waitFor()
    mine(4)
  })

  await step('a stranger finds it', async () => {
    stranger = await open('#/')
    await stranger.getByRole('link', { name: TITLE }).waitFor()
    await look(stranger, 'market-one')
    await press(stranger, stranger.getByRole('link', { name: TITLE }))
    await stranger.getByRole('heading', { name: TITLE }).waitFor()
    await stranger.getByText('Nobody has joined yet.').waitFor()
    await look(stranger, 'real-job-open')
  })

  await step('a client with a phone joins', async () => {
    second = await open('#/jobs/1/join')
    phone.stdin.write('refuse\n')
    await connectPhone(second, (uri) => phone.stdin.write(`${uri}\n`))
    await second.getByText('The wallet refused to connect. Nothing was sent.').waitFor()
    phone.stdin.write('agree\n')
    await press(second, second.getByRole('button', { name: 'New code' }))
    phone.stdin.write(`${await pairingOf(second)}\n`)
    await second.getByRole('button', { name: 'Disconnect' }).waitFor()
    await second.reload()
    await second.locator('button[aria-busy=false]', { hasText: 'Disconnect' }).waitFor()
    phone.stdin.write('chain 1\n')
    await second.getByText('Your wallet is on another chain.').waitFor()
    await press(second, second.getByRole('button', { name: 'Switch the wallet' }))
    await second.getByText('Your wallet is on another chain.').waitFor({ state: 'hidden' })
    await check(second, join(folder, 'client2.csv'))
    await press(second, second.getByRole('button', { name: 'Go on' }))
    await press(second, second.getByRole('button', { name: /^Join with/ }))
    phone.stdin.write('refuse\n')
    await second.getByText('network fee').waitFor()
    await press(second, second.getByRole('dialog').getByRole('button', { name: /^Join with/ }))
    await second.getByText('You refused in the wallet. Nothing was sent.').waitFor()
    phone.stdin.write('agree\n')
    await agree(second, /^Join with/)
    await trainHereAndSeal({ devnet, relay, page }, second, 2, 1)
    for (const one of ['eth_sendTransaction', 'eth_signTypedData_v4']) assert.ok(heard.includes(one), one)
  })

  await step('a client with a wallet in the browser joins in one confirmation', async () => {
    first = await open('#/jobs/1/join', wallet('client1', { batches: true }))
    await check(first, join(folder, 'client1.csv'))
    await look(first, 'real-join-check')
    await press(first, first.getByRole('button', { name: 'Go on' }))
    await press(first, first.getByRole('button', { name: 'Connect a wallet' }))
    await look(first, 'real-connect')
    await press(first, first.getByRole('dialog').getByRole('button', { name: 'Hardhat' }))
    await press(first, first.getByRole('button', { name: /^Join with/ }))
    await first.getByText('2 transactions').waitFor()
    await look(first, 'real-consent')
    await first.evaluate(() => Object.assign(window.testWallet, { refuses: true, asked: [] }))
    await press(first, first.getByRole('dialog').getByRole('button', { name: /^Join with/ }))
    await first.getByText('You refused in the wallet. Nothing was sent.').waitFor()
    await first.evaluate(() => Object.assign(window.testWallet, { refuses: false, asked: [] }))
    await agree(first, /^Join with/)
    const asked = await first.evaluate(() => window.testWallet.asked)
    assert.equal(asked.filter((one) => one === 'wallet_sendCalls').length, 1)
    assert.ok(!asked.includes('eth_sendTransaction'), 'approval and deposit are one confirmation')
    model = await trainAndSeal({ devnet, relay, page }, first, 1)
    await look(first, 'join-seal')
  })

  await step('a wallet on another chain is told, and brought back', async () => {
    await first.evaluate(() => window.testWallet.move(1))
    await first.getByText('Your wallet is on another chain.').waitFor()
    await press(first, first.getByRole('button', { name: 'Switch the wallet' }))
    await first.getByText('Your wallet is on another chain.').waitFor({ state: 'hidden' })
  })

  const { terms } = jobNow()
  await step('the sponsor shows the rows that it sealed', async () => {
    await devnet.passUntil(terms.commitUntil)
    await press(sponsor, sponsor.getByRole('link', { name: 'Show the test rows' }))
    await sponsor.getByText('Models sealed').waitFor()
    await look(sponsor, 'real-reveal')
    await press(sponsor, sponsor.getByRole('button', { name: 'Review and show them' }))
    await agree(sponsor, 'Show the test rows')
    await sponsor.getByText('The test rows are shown.').waitFor()
    await sponsor.getByText('Clients declare until').waitFor()
  })

  await step('both score their models in the tab, one of them at another machine, and declare', async () => {
    await devnet.passUntil(terms.holdoutUntil)
    // The first client goes on at another machine, with its wallet and its file: the salt is the wallet's signature.
    await first.context().close()
    first = await open('#/jobs/1/join', wallet('client1', { batches: true }))
    await connectHere(first, 'Hardhat')
    await Promise.all([declare(first, model), declare(second)])
    const declared = jobNow().clients.find((one) => one.client === accounts.client1).declared
    const scored = JSON.parse(devnet.deml('score', '1', model, '--json'))
    assert.equal(scored.credited, declared, 'the tab has declared what the command finds of the same file')
    await look(first, 'real-join-declare')
    await look(stranger, 'real-job-declared')
  })

  await step('the sponsor fixes who is due; they publish', async () => {
    await devnet.passUntil(terms.declareUntil)
    await sponsor.goto(`${page.url}#/jobs/1`)
    await press(sponsor, sponsor.getByRole('link', { name: 'Fix it' }))
    await press(sponsor, sponsor.getByRole('button', { name: 'Fix who is due' }))
    await agree(sponsor, 'Fix who is due')
    mine(4)
    const due = jobNow().clients.filter((one) => one.due !== '0')
    assert.ok(due.length > 0, 'somebody is due')
    for (const [tab, account] of [
      [first, accounts.client1],
      [second, accounts.client2],
    ]) {
      if (!due.some((one) => one.client === account)) continue
      await press(tab, tab.getByRole('button', { name: 'Review and publish' }))
      await tab.getByText('network fee').waitFor()
      if (account === due[0].client) await glance(tab, 'consent-publish')
      await agree(tab, /^Publish for/)
      await tab
        .getByText(/Your model is verified|Nobody is awaited any more/)
        .first()
        .waitFor()
    }
  })

  await step('a client settles it, and both claim what the chain then shows', async () => {
    await first.getByRole('button', { name: 'Settle the job' }).waitFor()
    await glance(first, 'join-settle')
    await press(first, first.getByRole('button', { name: 'Settle the job' }))
    await agree(first, 'Settle the job')
    await first.getByText('are on their way to you').waitFor()
    devnet.deml('devnet', 'epoch')
    for (const tab of [first, second]) {
      await tab.goto(`${page.url}#/account`)
      await tab.getByRole('button', { name: 'Claim all' }).waitFor()
      if (tab === first) await look(first, 'account')
      await press(tab, tab.getByRole('button', { name: 'Claim all' }))
      await agree(tab, /^Claim /)
    }
    const received = await Promise.all(['client1', 'client2'].map((one) => balanceOf(accounts[one])))
    const job = jobNow()
    assert.equal(job.ending, 'settled')
    for (const [index, name] of ['client1', 'client2'].entries()) {
      const { payout } = job.clients.find((one) => one.client === accounts[name])
      assert.equal(received[index] - before[index], BigInt(payout.pay), `${name} was paid on chain`)
    }
    const { payout } = job.clients.find((one) => one.client === accounts.client2)
    assert.ok(BigInt(payout.pay) > 0n, 'who did all of it in a tab, from the table on, is rewarded')
    await look(stranger, 'real-job-ended')
  })

  await step('the next round starts from the best model', async () => {
    await sponsor.goto(`${page.url}#/jobs/1`)
    await press(sponsor, sponsor.getByRole('link', { name: 'Post the next round' }))
    await sponsor.getByText('Next round of job 1').waitFor()
    assert.equal(await sponsor.getByLabel('Title').inputValue(), TITLE)
    await glance(sponsor, 'next-round')
  })

  await step('a job that nobody has joined is cancelled', async () => {
    const label = ['--data', 'sample.csv', '--label', 'diagnosis']
    devnet.deml('job', 'new', 'job.toml', ...label, '--title', 'Nobody’s', '--quick', '--yes')
    const jobFile = join(folder, 'job.toml')
    // Rows that nobody has shown yet, and so few that luck must be paid.
    const written = readFileSync(jobFile, 'utf8').replace('holdout.csv', 'client2.csv')
    writeFileSync(jobFile, written.replace('confidence = "95%"', 'confidence = "0%"'))
    devnet.deml('train', '--terms', 'job.toml', ...label, '--out', 'initial.safetensors', '--yes')
    devnet.deml('job', 'post', 'job.toml', '--wallet', 'sponsor', '--yes')
    await sponsor.goto(`${page.url}#/jobs/2`)
    await press(sponsor, sponsor.getByRole('button', { name: 'Cancel the job' }))
    await agree(sponsor, 'Cancel the job')
    await sponsor.getByText('Cancelled before anybody joined.').waitFor()
    assert.equal(JSON.parse(devnet.deml('job', 'show', '2', '--json')).job.ending, 'cancelled')
  })

  await step('a session with a phone ends: by the page, and by time', async () => {
    const connected = second.getByRole('button', { name: 'Disconnect' })
    const alone = second.getByRole('button', { name: 'Connect', exact: true })
    await press(second, connected)
    await alone.waitFor()
    await until(() => heard.includes('disconnected'))
    await connectPhone(second, (uri) => phone.stdin.write(`${uri}\n`))
    await connected.waitFor()
    const later = await second.context().newPage()
    await later.clock.install({ time: Date.now() + LATER_MS })
    await later.goto(`${page.url}#/`)
    await later.getByRole('button', { name: 'Connect', exact: true }).waitFor({ timeout: WAIT })
    await later.close()
  })

  await step('the stranger runs the whole market again', async () => {
    await stranger.goto(`${page.url}#/verify`)
    await look(stranger, 'verify')
    const second = await secondClient(deployment.rpc_url)
    seconds.push(second)
    await write(stranger, 'Another chain client', 'http://elsewhere.example')
    assert.ok(await stranger.getByRole('button', { name: 'Run it again' }).isDisabled(), 'the page may not ask there')
    await write(stranger, 'Another chain client', second.url)
    await press(stranger, stranger.getByRole('button', { name: 'Run it again' }))
    await stranger
      .getByText(/Your browser ran \d+ inputs and checked (\d+) of \1 outputs: all equal\./)
      .waitFor({ timeout: PATIENCE })
    assert.ok(second.asked.includes('eth_call'), 'the claim is read through the second chain client')
    await glance(stranger, 'verified')
    await stranger.goto(`${page.url}#/jobs/1`)
    await stranger.waitForFunction(() => !document.querySelector('.provenance:not([data-state=checked])'))
    const marks = await stranger
      .locator('.provenance')
      .evaluateAll((all) => all.map((one) => [one.dataset.state, /output=\d+/.test(one.href)]))
    assert.ok(marks.length > 20, `${marks.length} marks`)
    assert.deepEqual(
      marks.filter(([state, proven]) => state !== 'checked' || !proven),
      [],
      'this browser has computed every number, and each leads to its proof',
    )
    await look(stranger, 'job-checked')
  })

  await step('the stranger comes back: only what is new is run', async () => {
    const ran = async () => {
      const told = stranger.getByText(/Your browser ran \d+ inputs/)
      await told.waitFor({ timeout: PATIENCE })
      return Number(/ran (\d+)/.exec(await told.textContent())[1])
    }
    await stranger.goto(`${page.url}#/verify`)
    const inputs = await ran()
    await stranger.reload()
    await press(stranger, stranger.getByRole('button', { name: 'Run it again' }))
    assert.equal(await ran(), inputs)
    await stranger.getByText(`The first ${inputs} inputs were run in an earlier visit`).waitFor()
    await sendNonsense()
    mine(4)
    await stranger.getByText(`Your browser ran ${inputs + 1} inputs`).waitFor({ timeout: PATIENCE })
  })

  for (const { outside, errors } of opened) {
    assert.deepEqual(
      [...outside].filter((one) => one !== 'https://verify.walletconnect.org'),
      [],
    )
    assert.deepEqual(errors, [])
  }
  done = true
})
