// A made-up market with jobs in every state, and tabs at its page: what `page`, `hostile` and `everybody` have in common.
import assert from 'node:assert/strict'
import { after, before, beforeEach } from 'node:test'
import { getAddress } from 'viem'
import { newContext, startBrowser } from './browser.mjs'
import { startFake } from './fake.mjs'
import { ME, stages } from './stages.mjs'
import { installWallet } from './wallet.mjs'

/** Jobs of the market that most tests meet, and how many of them inspect remembers. */
export const JOBS = 60
export const REMEMBERED = 50

export const HOSTILE = '<img src=x onerror="window.hacked=1"> \u202Etxt.exe\u202C \u0000\u2066end'
const ACCOUNT = getAddress(ME)

/** Titles of the newest jobs: ordinary but for one. */
const title = (jobId) => (jobId === JOBS - 1 ? HOSTILE : undefined)

/** A market that a test may let lie and fall silent, and one that stays as it is. */
export let fake
export let staged
export let browser

export const HONEST = {
  nodeDown: false,
  chainDown: false,
  otherSuite: false,
  untrustedSuite: false,
  noInputBox: false,
  inspected: (answer) => answer,
  listed: (output) => output,
  gateway: (_, response) => response.writeHead(404).end(),
}

/** Start markets and browser before the tests of a file, make the first honest before each, and end all after them. */
export function meetMarkets() {
  before(async () => {
    ;[fake, staged, browser] = await Promise.all([
      startFake({ count: JOBS, remembered: REMEMBERED, title }),
      startFake({ count: JOBS, remembered: REMEMBERED, staged: stages(JOBS) }),
      startBrowser(),
    ])
    Object.assign(staged.state, HONEST)
  })
  beforeEach(() => Object.assign(fake.state, HONEST, { asked: [] }))
  after(async () => {
    await browser?.close()
    fake?.close()
    staged?.close()
  })
}

/** A tab of a new context at `route`; what goes wrong in it fails the test. */
export async function open(t, route, { wallet = false, market = fake, ...options } = {}) {
  const made = await newContext(browser, options)
  if (wallet) await installWallet(made.context, { rpcUrl: fake.rpcUrl, account: ACCOUNT, name: 'Hardhat' })
  const tab = await made.context.newPage()
  tab.setDefaultTimeout(30_000)
  t.after(async () => {
    await made.context.close()
    assert.deepEqual(made.errors, [], 'errors in the page')
    assert.deepEqual([...made.outside], [], 'requests to other hosts')
  })
  await tab.goto(market.url + route)
  return tab
}

/** Wait until so many jobs are listed. */
export const all = (tab, count = JOBS) =>
  tab.getByText(`${count.toLocaleString('en')} jobs`, { exact: true }).waitFor({ timeout: 120_000 })
