// The page against a made-up market: ten thousand jobs, outages, lies, hostile words, wallets that fail, wrong clocks,
// what is loaded and from where, and every page as people of all kinds meet it.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { after, before, beforeEach, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { CarWriter } from '@ipld/car'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { sha256 } from 'multiformats/hashes/sha2'
import { getAddress } from 'viem'
import { newContext, startBrowser } from './browser.mjs'
import { startFake } from './fake.mjs'
import { accessible, fits, glance, look } from './look.mjs'
import { ME, SHOWN, smallMarket, sponsored, stages } from './stages.mjs'
import { connectHere, press, write } from './steps.mjs'
import { installWallet } from './wallet.mjs'

/** Jobs of the market that most tests meet, and how many of them inspect remembers; and of a large one. */
const JOBS = 60
const REMEMBERED = 50
const MANY = 10_000

const FIRST_VIEW_BYTES = 200_000

/** What else the first view may take: requests for files of the page, bytes of style and font with gzip, nodes that are drawn. */
const FIRST_VIEW_MOST = { requests: 52, scripts: 47, styleBytes: 70_000, nodes: 800 }
const HOSTILE = '<img src=x onerror="window.hacked=1"> \u202Etxt.exe\u202C \u0000\u2066end'
const ACCOUNT = getAddress(ME)

/** Titles of the newest jobs: ordinary but for one. */
const title = (jobId) => (jobId === JOBS - 1 ? HOSTILE : undefined)

let fake
/** A market with jobs in every state. */
let staged
let browser

before(async () => {
  const market = { count: JOBS, remembered: REMEMBERED, title }
  ;[fake, staged, browser] = await Promise.all([
    startFake(market),
    startFake({ count: JOBS, remembered: REMEMBERED, staged: stages(JOBS) }),
    startBrowser(),
  ])
  Object.assign(staged.state, HONEST)
})

const HONEST = {
  nodeDown: false,
  chainDown: false,
  otherSuite: false,
  untrustedSuite: false,
  noInputBox: false,
  inspected: (answer) => answer,
  listed: (output) => output,
  gateway: (_, response) => response.writeHead(404).end(),
}

beforeEach(() => Object.assign(fake.state, HONEST, { asked: [] }))

after(async () => {
  await browser?.close()
  fake?.close()
  staged?.close()
})

/** A tab of a new context at `route`; what goes wrong in it fails the test. */
async function open(t, route, { wallet = false, market = fake, ...options } = {}) {
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

const all = (tab, count = JOBS) =>
  tab.getByText(`${count.toLocaleString('en')} jobs`, { exact: true }).waitFor({ timeout: 120_000 })

test('the first view is light, and asks nobody else', async (t) => {
  const made = await newContext(browser)
  t.after(() => made.context.close())
  const tab = await made.context.newPage()
  const loaded = []
  const dressed = []
  tab.on('response', async (response) => {
    if (/\.m?js$/.test(new URL(response.url()).pathname)) loaded.push(response)
    if (/\.(css|woff2)$/.test(new URL(response.url()).pathname)) dressed.push(response)
  })
  const asked = []
  tab.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await tab.goto(`${fake.url}#/`)
  await tab.getByText(/^[\d,]+ jobs$/).waitFor()
  const bodies = await Promise.all(loaded.map(async (one) => gzipSync(await one.body()).length))
  const bytes = bodies.reduce((sum, one) => sum + one, 0)
  const styles = await Promise.all(dressed.map(async (one) => gzipSync(await one.body()).length))
  const counts = {
    requests: asked.filter((one) => !/^\/(node|chain|inspect|gateway)/.test(one)).length,
    scripts: loaded.length,
    styleBytes: styles.reduce((sum, one) => sum + one, 0),
    nodes: await tab.evaluate(() => document.querySelectorAll('*').length),
  }
  t.diagnostic(JSON.stringify(counts))
  for (const [name, most] of Object.entries(FIRST_VIEW_MOST)) {
    assert.ok(counts[name] <= most, `${counts[name]} ${name}, at most ${most}`)
  }
  t.diagnostic(`first view: ${loaded.length} scripts, ${bytes} bytes gzip`)
  assert.ok(bytes <= FIRST_VIEW_BYTES, `${bytes} bytes of JavaScript`)
  assert.deepEqual(
    asked.filter((one) => one.startsWith('/python/') || one.endsWith('.wasm')),
    [],
    'Python is loaded when somebody asks for it',
  )
  assert.deepEqual([...made.outside], [])
})

test('the content security policy allows nothing inline, no eval, and no frames but one', () => {
  const page = readFileSync(new URL('../dist/index.html', import.meta.url), 'utf8')
  const policy = /Content-Security-Policy"\s+content="([^"]+)"/.exec(page)[1]
  assert.ok(!/unsafe-inline|'unsafe-eval'/.test(policy), policy)
  const rules = Object.fromEntries(policy.split('; ').map((one) => [one.split(' ')[0], one.split(' ').slice(1)]))
  assert.deepEqual(rules['default-src'], ["'none'"])
  assert.deepEqual(rules['script-src'], ["'self'", "'wasm-unsafe-eval'"])
  assert.deepEqual(rules['frame-src'], ["'self'", 'https://verify.walletconnect.org'])
  assert.ok(
    !/<script(?![^>]*src=)|<style|\sstyle=|\son\w+=/.test(page.replace(/<meta[\s\S]*?\/>/g, '')),
    'nothing inline',
  )
})

test('ten thousand jobs: what inspect has forgotten comes from the notices, few rows exist, filters find', async (t) => {
  const market = await startFake({ count: MANY })
  Object.assign(market.state, HONEST)
  t.after(() => market.close())
  const tab = await open(t, '#/', { market })
  await all(tab, MANY)
  assert.ok((await tab.locator('article.job-row').count()) < 60, 'a virtual list')
  await tab.getByLabel('Search jobs').fill('Job 123:')
  await tab.getByText('1 job', { exact: true }).waitFor()
  await tab.getByRole('link', { name: 'Job 123: harvests' }).waitFor()
  await tab.getByLabel('Search jobs').fill('hearts')
  await tab.getByText('2,500 jobs', { exact: true }).waitFor()
  await tab.getByLabel('Phase', { exact: true }).selectOption('open')
  await tab.getByText('5 jobs', { exact: true }).waitFor()
  await tab.getByLabel('Search jobs').fill('')
  await tab.getByLabel('Phase', { exact: true }).selectOption('')
  await all(tab, MANY)
  await tab.evaluate(() => window.scrollTo(0, document.body.scrollHeight / 2))
  await tab.waitForFunction(() => document.elementFromPoint(640, 450)?.closest('article.job-row'))
  assert.ok((await tab.locator('article.job-row').count()) < 60)
  await t.test('a page opened again reads on where it left off', async () => {
    market.state.asked = []
    await tab.reload()
    await all(tab, MANY)
    const notices = market.state.asked.filter((one) => one.method === 'cartesi_listOutputs')
    assert.ok(notices.length <= 10, `${notices.length} of ${(2 * MANY) / 100} pages of notices`)
  })
  await t.test('two tabs share it', async () => {
    const other = await tab.context().newPage()
    await other.goto(`${market.url}#/`)
    await Promise.all([all(other, MANY), tab.reload().then(() => all(tab, MANY))])
    await other.close()
  })
})

test('a lying node: another reward rule than its own notice says, and nothing can be sent', async (t) => {
  const lie = (job) => ({
    ...job,
    terms: { ...job.terms, rule: { ...job.terms.rule, target: job.terms.rule.target - 1 } },
  })
  fake.state.inspected = (answer, query) => {
    if (query.startsWith('jobs?'))
      return { ...answer, jobs: answer.jobs.map((one) => (one.jobId === JOBS ? lie(one) : one)) }
    return query === `jobs/${JOBS}` ? { ...answer, job: lie(answer.job) } : answer
  }
  const tab = await open(t, `#/jobs/${JOBS}/join`, { wallet: true })
  await connectHere(tab, 'Hardhat')
  await tab.getByRole('button', { name: 'Go on' }).click()
  await tab.getByRole('button', { name: /^Join with/ }).click()
  const dialog = tab.getByRole('dialog')
  await dialog.getByText(`The node says otherwise than its own notices of job ${JOBS}.`).waitFor()
  assert.ok(await dialog.getByRole('button', { name: /^Join with/ }).isDisabled())
  await tab.goto(`${fake.url}#/jobs/${JOBS}`)
  await tab.getByText(`The node says otherwise than its own notices of job ${JOBS}.`).waitFor()
})

test('a lying node: jobs that no accepted claim holds are not listed, and Verify says so', async (t) => {
  fake.state.listed = (output) =>
    Number(output.index) < 4
      ? { ...output, output_hashes_siblings: [...output.output_hashes_siblings].reverse() }
      : output
  const tab = await open(t, '#/', { wallet: true })
  await all(tab, REMEMBERED)
  await tab.goto(`${fake.url}#/verify`)
  await tab.getByText('4 proofs do not lead to a root that the chain has accepted.').waitFor()
  await tab.getByText('Do not act on what this node says.').waitFor()
  await accessible(tab, 'verify that fails')
  const mark = tab.getByRole('banner').getByRole('link', { name: '4 proofs fail' })
  await mark.waitFor()
  await connectHere(tab, 'Hardhat')
  await tab.goto(`${fake.url}#/jobs/${JOBS}/join`)
  await tab.reload()
  await mark.waitFor()
  await press(tab, tab.getByRole('button', { name: 'Go on' }))
  await press(tab, tab.getByRole('button', { name: /^Join with/ }))
  const dialog = tab.getByRole('dialog')
  await dialog.getByText(/4 proofs fail\. .* Nothing can be sent until Verify/).waitFor()
  assert.ok(await dialog.getByRole('button', { name: /^Join with/ }).isDisabled())
  await press(tab, tab.getByRole('button', { name: 'Not now' }))
  fake.state.listed = HONEST.listed
  await tab.goto(`${fake.url}#/verify`)
  await tab.reload()
  await mark.waitFor({ state: 'hidden' })
})

test('hostile words: shown as they are written, run by nobody, turned by nothing', async (t) => {
  const tab = await open(t, `#/jobs/${JOBS - 1}`)
  const heading = await tab.getByRole('heading', { level: 1 }).filter({ hasText: 'img' }).textContent()
  assert.ok(heading.includes('<img src=x onerror="window.hacked=1">'), heading)
  assert.ok(heading.includes('\\u{202e}txt.exe'), heading)
  assert.ok(!/\p{Cf}|\p{Cc}/u.test(heading), 'no hidden character is left')
  assert.equal(await tab.evaluate(() => window.hacked), undefined)
  await fits(tab, 'a hostile title')
})

test('hostile words: a title of ten megabytes is cut', async (t) => {
  const huge = 'x'.repeat(10_000_000)
  fake.state.inspected = (answer, query) =>
    query === `jobs/${JOBS - 1}`
      ? { ...answer, job: { ...answer.job, terms: { ...answer.job.terms, title: huge } } }
      : answer
  const tab = await open(t, `#/jobs/${JOBS - 1}`)
  const heading = tab.getByRole('heading', { level: 1 }).filter({ hasText: 'xxx' })
  await heading.waitFor()
  assert.ok((await heading.textContent()).length < 2_100)
  await fits(tab, 'a huge title')
})

test('hostile words: a specification that would run, turn or flood is shown as it is written', async (t) => {
  const columns = [
    { name: `a${HOSTILE}`, type: 'number', unit: HOSTILE },
    ...Array.from({ length: 200 }, (_, index) => ({ name: `c${index}${'y'.repeat(300)}`, type: 'number' })),
    { name: 'label', type: 'category', categories: [HOSTILE, 'z'.repeat(100_000)] },
  ]
  const spec = {
    version: 1,
    title: HOSTILE,
    description: HOSTILE + 'x'.repeat(500_000),
    license: HOSTILE,
    permitted_use: HOSTILE,
    data: { columns, label: { column: 'label' } },
    trainer: { kind: 'script', cid: HOSTILE },
  }
  const bytes = new TextEncoder().encode(JSON.stringify(spec))
  const cid = CID.createV1(raw.code, await sha256.digest(bytes))
  const { writer, out } = CarWriter.create([cid])
  void writer.put({ cid, bytes }).then(() => writer.close())
  const parts = []
  for await (const part of out) parts.push(part)
  fake.state.gateway = (_, response) => response.end(Buffer.concat(parts))
  fake.state.inspected = (answer, query) =>
    query === `jobs/${JOBS - 2}`
      ? { ...answer, job: { ...answer.job, terms: { ...answer.job.terms, specCid: cid.toString() } } }
      : answer
  const tab = await open(t, `#/jobs/${JOBS - 2}`)
  await tab.getByText('What the models may be used for').waitFor()
  await press(tab, tab.locator('summary', { hasText: /The 202 columns/ }))
  assert.equal(await tab.evaluate(() => window.hacked), undefined)
  assert.equal(await tab.locator('main img').count(), 0)
  const text = await tab.locator('main').textContent()
  assert.ok(text.includes('\\u{202e}txt.exe'))
  assert.ok(!/[\u202a-\u202e\u2066-\u2069]/.test(text), 'nothing turns what follows it')
  assert.ok(text.length < 120_000, `${text.length} characters`)
  await tab.setViewportSize({ width: 360, height: 780 })
  await fits(tab, 'a hostile specification')
})

test('a lying gateway: too much, other bytes or no end of a specification is told, and stops nobody', async (t) => {
  const known = 'bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e'
  fake.state.inspected = (answer, query) =>
    query === `jobs/${JOBS - 2}`
      ? { ...answer, job: { ...answer.job, terms: { ...answer.job.terms, specCid: known } } }
      : answer
  const lies = [
    [(response) => response.end(Buffer.alloc(11_000_000)), 'The file is larger than it may be.'],
    [(response) => response.end('no CAR at all'), 'specification cannot be had'],
    [(response) => response.destroy(), 'specification cannot be had'],
  ]
  const tab = await open(t, '#/')
  for (const [lie, said] of lies) {
    fake.state.gateway = (_, response) => lie(response)
    await tab.goto(`${fake.url}#/jobs/${JOBS - 2}/join`)
    await tab.reload()
    await tab.getByText(said).waitFor()
    await tab.getByRole('button', { name: 'Go on' }).waitFor()
  }
})

test('the node is down, and comes back: what was read stays, nothing is sent', async (t) => {
  const tab = await open(t, `#/jobs/${JOBS}/join`, { wallet: true })
  await connectHere(tab, 'Hardhat')
  await tab.getByRole('button', { name: 'Go on' }).click()
  await tab.getByRole('button', { name: /^Join with/ }).click()
  const deed = tab.getByRole('dialog').getByRole('button', { name: /^Join with/ })
  await tab.getByText('network fee').waitFor()
  fake.state.nodeDown = true
  await tab.getByRole('dialog').getByText('The node does not answer, so nothing can be sent.').waitFor()
  assert.ok(await deed.isDisabled())
  await tab.getByRole('button', { name: 'Not now' }).click()
  await tab.getByText('The node does not answer.', { exact: true }).waitFor()
  await tab.getByRole('heading', { name: 'Join this job' }).waitFor()
  await accessible(tab, 'node down')
  fake.state.nodeDown = false
  await tab.getByRole('button', { name: 'Try now' }).click()
  await tab.getByText('The node does not answer.', { exact: true }).waitFor({ state: 'hidden' })
})

test('the chain is down, and comes back', async (t) => {
  const tab = await open(t, '#/')
  await all(tab)
  fake.state.chainDown = true
  await tab.getByText('The chain does not answer.').waitFor()
  await all(tab)
  fake.state.chainDown = false
  await tab.getByText('The chain does not answer.').waitFor({ state: 'hidden' })
})

test('a wrong clock changes no deadline: only the chain’s counts', async (t) => {
  const left = async (time) => {
    const tab = await open(t, '#/')
    if (time) {
      await tab.clock.setFixedTime(time)
      await tab.reload()
    }
    await tab.getByText(/left$/).first().waitFor()
    return tab.getByText(/left$/).allTextContents()
  }
  const right = await left()
  const [early, late] = [await left(new Date('2020-01-01')), await left(new Date('2040-01-01'))]
  assert.deepEqual(early.slice(0, 5), right.slice(0, 5))
  assert.deepEqual(late.slice(0, 5), right.slice(0, 5))
})

for (const mixture of ['otherSuite', 'untrustedSuite', 'noInputBox']) {
  test(`contracts that do not belong together, and nothing can be sent: ${mixture}`, async (t) => {
    fake.state[mixture] = true
    const tab = await open(t, `#/jobs/${JOBS}/join`, { wallet: true })
    await connectHere(tab, 'Hardhat')
    await tab.getByRole('button', { name: 'Go on' }).click()
    await tab.getByRole('button', { name: /^Join with/ }).click()
    const dialog = tab.getByRole('dialog')
    await dialog.getByText('do not belong to the same contracts').waitFor()
    assert.ok(await dialog.getByRole('button', { name: /^Join with/ }).isDisabled())
  })
}

test('a wallet that is locked is told, and goes on when it is unlocked', async (t) => {
  const tab = await open(t, `#/jobs/${JOBS}/join`, { wallet: true })
  await connectHere(tab, 'Hardhat')
  await tab.getByRole('button', { name: 'Go on' }).click()
  await tab.getByRole('button', { name: /^Join with/ }).click()
  await tab.getByText('network fee').waitFor()
  await tab.evaluate(() => Object.assign(window.testWallet, { locked: true }))
  await tab
    .getByRole('dialog')
    .getByRole('button', { name: /^Join with/ })
    .click()
  await tab.getByText('The wallet is locked, or no longer connected to this page.').waitFor()
  await tab.getByRole('button', { name: 'Not now' }).click()
  await tab.evaluate(() => window.testWallet.lock(true))
  await tab.getByRole('button', { name: 'Connect a wallet' }).waitFor()
})

test('every page in every theme and size, empty and not connected', async (t) => {
  const tab = await open(t, '#/')
  const pages = [
    ['#/', () => all(tab)],
    ['#/account', () => tab.getByRole('button', { name: 'Connect a wallet' }).waitFor()],
    ['#/post', () => tab.getByLabel('Title').waitFor()],
    ['#/verify', () => tab.getByText('of 100 notices').waitFor()],
    [`#/jobs/${JOBS}/reveal`, () => tab.getByRole('heading', { name: 'Show the test rows' }).waitFor()],
    ['#/jobs/99999', () => tab.getByText('There is no job 99999.').waitFor()],
  ]
  for (const [route, ready] of pages) {
    await tab.goto(fake.url + route)
    await ready()
    await look(tab, `empty${route.replace(/\W+/g, '-')}`)
  }
})

test('every ending is told with where the money went, on any window', async (t) => {
  const tab = await open(t, '#/', { market: staged })
  const endings = [
    [57, 'Settled. 690 DEV were paid to 2 clients. 310 DEV went back to the sponsor. 100 DEV were burnt.'],
    [55, 'Cancelled before anybody joined.'],
    [53, 'Nobody joined. The escrow went back to the sponsor.'],
    [51, 'Nobody sealed a model.'],
    [49, 'The sponsor never showed its test rows.'],
    [47, 'Nobody declared a score.'],
    [45, 'No model was good enough to be due.'],
    [43, 'Nobody who was due published.'],
  ]
  for (const [number, said] of endings) {
    await tab.goto(`${staged.url}#/jobs/${number}`)
    await tab.getByText(said.split('.')[0]).first().waitFor()
    const note = await tab.locator('.note').first().textContent()
    assert.ok(note.trim().startsWith(said), note)
    await (number === 49 ? glance(tab, 'job-never-shown') : accessible(tab, said))
    await tab.setViewportSize({ width: 360, height: 780 })
    await fits(tab, said)
    await tab.setViewportSize({ width: 1280, height: 900 })
  }
})

test('a job that is published: why each is not due, what luck could explain, its campaign; and the account', async (t) => {
  const tab = await open(t, '#/jobs/59', { market: staged, wallet: true })
  await connectHere(tab, 'Hardhat')
  for (const said of [
    'no better than today’s model, or only as much as luck could explain',
    'adds nothing to number 1, sealed before it',
    'asked for 80 or more, and would have been due less',
    'its model scores 86.10%, which is not what it declared',
    'was due, did not publish in time, and lost its stake',
    'better than today’s model by less than the smallest step that is paid',
    'declared nothing; its stake comes back',
    'sealed no model; its stake comes back',
  ]) {
    await tab.getByText(said, { exact: true }).waitFor()
  }
  await tab.getByRole('img', { name: /How the best of 10 models that learnt nothing would score/ }).waitFor()
  await tab.getByRole('img', { name: /round 1, job 57, 80.00%; round 2, job 59, not scored yet/ }).waitFor()
  await tab.waitForFunction(() => document.title === '(2) Job 59 · DeML')
  await look(tab, 'job-due')
  await tab.goto(`${staged.url}#/account`)
  await tab.getByText('3 jobs. 100 can be lost now.').waitFor()
  await tab.getByText('510', { exact: true }).waitFor()
  await look(tab, 'account-due')
  const calendar = tab.waitForEvent('download')
  await press(tab, tab.getByRole('button', { name: 'Deadlines as a calendar file' }))
  const file = readFileSync(await (await calendar).path(), 'utf8')
  assert.equal(file.match(/BEGIN:VEVENT/g).length, 3)
  assert.ok(file.includes('DeML job 59'))
  await tab.setViewportSize({ width: 390, height: 844 })
  await tab.goto(`${staged.url}#/jobs/59`)
  await press(tab, tab.getByRole('button', { name: 'Show all 10' }))
  await tab.getByText('declared nothing; its stake comes back').waitFor()
  const screens = await tab.evaluate(() => document.documentElement.scrollHeight / 844)
  assert.ok(screens < 7, `${screens} screens of a phone`)
})

test('buttons that save, copy, clear and switch', async (t) => {
  const tab = await open(t, '#/', { market: staged, permissions: ['clipboard-read', 'clipboard-write'] })
  await all(tab)
  await write(tab, 'Search jobs', 'nothing like it')
  await tab.getByText('No job here fits.').waitFor()
  await press(tab, tab.getByRole('button', { name: 'Clear the filters' }))
  await all(tab)
  await tab.getByLabel('Data', { exact: true }).selectOption('images')
  await tab.getByText('0 jobs', { exact: true }).waitFor()
  await tab.getByLabel('Data', { exact: true }).selectOption('')
  await write(tab, 'Reward, at least', '1001')
  await tab.getByText('0 jobs', { exact: true }).waitFor()
  await write(tab, 'Reward, at least', '1000')
  await all(tab)
  const theme = () => tab.evaluate(() => document.documentElement.dataset.theme)
  await press(tab, tab.getByRole('button', { name: 'Switch between light and dark' }))
  const first = await theme()
  await press(tab, tab.getByRole('button', { name: 'Switch between light and dark' }))
  assert.notEqual(await theme(), first)
  await tab.goto(`${staged.url}#/jobs/57`)
  const saved = tab.waitForEvent('download')
  await press(tab, tab.getByRole('button', { name: 'All notices as JSON' }))
  assert.match(readFileSync(await (await saved).path(), 'utf8'), /"Settled"/)
  await press(tab, tab.getByRole('button', { name: 'Today’s model' }))
  await tab.getByText('No gateway gives it').waitFor()
  await press(tab, tab.getByRole('button', { name: /^Copy 0x/ }).first())
  await tab.getByRole('status').filter({ hasText: 'Copied.' }).waitFor()
  assert.match(await tab.evaluate(() => navigator.clipboard.readText()), /^0x[0-9a-fA-F]{40}$/)
  await press(tab, tab.getByRole('button', { name: 'Connect', exact: true }))
  await press(tab, tab.getByRole('button', { name: 'Close' }))
  await tab.getByRole('dialog').waitFor({ state: 'hidden' })
  await tab.setViewportSize({ width: 390, height: 844 })
  await tab.goto(`${staged.url}#/`)
  await press(tab, tab.getByRole('button', { name: 'Filter and sort' }))
  await tab.getByLabel('Sort by').selectOption('reward')
})

test('a draft is there after a reload, until somebody starts over', async (t) => {
  const tab = await open(t, '#/post')
  await write(tab, 'Title', 'Half a thought')
  await tab.reload()
  await tab.getByText('This is the draft that you left.').waitFor()
  assert.equal(await tab.getByLabel('Title').inputValue(), 'Half a thought')
  await press(tab, tab.getByRole('button', { name: 'Start over' }))
  assert.equal(await tab.getByLabel('Title').inputValue(), '')
})

test('what assistive technology is told: roles, names, levels and live regions', async (t) => {
  const tab = await open(t, '#/jobs/59', { market: staged })
  await tab.getByRole('heading', { name: 'Scores and pay' }).waitFor()
  const told = await tab.locator('body').ariaSnapshot()
  for (const line of [
    'banner:',
    'navigation "Main":',
    'main:',
    'heading "Job 59: harvests" [level=1]',
    'heading "Scores and pay" [level=2]',
    'complementary "Your part":',
    'region "The order of things":',
    'columnheader "Declared"',
    'img "Declared 91.50%, against today’s model and the target"',
    'link "The node says so. See the proof."',
    'contentinfo:',
  ]) {
    assert.ok(told.includes(line), `${line} in\n${told.slice(0, 4_000)}`)
  }
  assert.equal(await tab.locator('[role=status]').count(), 1, 'one live region')
  await tab.goto(`${staged.url}#/`)
  await all(tab)
  const list = await tab.locator('body').ariaSnapshot()
  for (const line of ['search:', 'combobox "Phase"', 'list "Jobs":', 'img "Phase 4 of 5: Publish"']) {
    assert.ok(list.includes(line), `${line} in\n${list.slice(0, 4_000)}`)
  }
})

test('what is due in each phase, as who has to do it meets it', async (t) => {
  const tab = await open(t, '#/jobs/60', { market: staged, wallet: true })
  await tab.getByText('Nobody has joined yet.').waitFor()
  await glance(tab, 'job-open')
  await press(tab, tab.getByRole('button', { name: 'Connect', exact: true }))
  await tab.getByRole('dialog').getByRole('button', { name: 'Hardhat' }).waitFor()
  await glance(tab, 'connect')
  await press(tab, tab.getByRole('dialog').getByRole('button', { name: 'Hardhat' }))
  await tab.getByRole('button', { name: 'Disconnect' }).waitFor()
  await tab.goto(`${staged.url}#/jobs/60/join`)
  await press(tab, tab.getByRole('button', { name: 'Go on' }))
  await press(tab, tab.getByRole('button', { name: /^Join with/ }))
  await tab.getByText('network fee').waitFor()
  await glance(tab, 'consent')
  await press(tab, tab.getByRole('button', { name: 'Not now' }))
  const states = [
    ['jobs/58', 'Scores and pay', 'job-declared'],
    ['jobs/57', 'Scores and pay', 'job-ended'],
    ['jobs/58/join', 'Score your model and declare it', 'join-declare'],
    ['jobs/59/join', 'Publish your model', 'join-publish'],
  ]
  for (const [route, heading, name] of states) {
    await tab.goto(`${staged.url}#/${route}`)
    await tab.getByRole('heading', { name: heading }).waitFor()
    await glance(tab, name)
  }
})

test('the test rows: for whom they are shown, until when and at what loss, and what comes next', async (t) => {
  const market = await startFake({ count: 3, open: 2, staged: sponsored() })
  Object.assign(market.state, HONEST)
  t.after(() => market.close())
  const tab = await open(t, '#/jobs/3/reveal', { market, wallet: true })
  await connectHere(tab, 'Hardhat')
  for (const said of ['Models sealed', 'you lose your bond of 200 DEV', /, in 30 min/])
    await tab.getByText(said).waitFor()
  await glance(tab, 'reveal')
  await tab.goto(`${market.url}#/jobs/2/reveal`)
  await tab.getByText('The test rows are shown.').waitFor()
  await tab.getByText('Clients declare until').waitFor()
  await glance(tab, 'revealed')
})

test('a market with a job of each kind, in each phase, on any window', async (t) => {
  const market = await startFake({ count: SHOWN, open: SHOWN - 1, staged: smallMarket() })
  Object.assign(market.state, HONEST)
  t.after(() => market.close())
  const tab = await open(t, '#/', { market })
  await all(tab, SHOWN)
  for (const said of [
    'Round 2 of 2',
    'Images of 64 by 64 pixels, in 7 classes',
    'Signals of 3,000 samples, in 2 classes',
  ]) {
    await tab.getByText(said).waitFor()
  }
  await tab.getByText('Publishing').waitFor()
  await look(tab, 'market')
})

test('colours that somebody forces, on every page', async (t) => {
  const tab = await open(t, '#/', { market: staged, forcedColors: 'active' })
  const pages = ['#/', '#/jobs/59', '#/jobs/57', '#/jobs/60/join', '#/account', '#/post', '#/verify']
  for (const route of pages) {
    await tab.goto(staged.url + route)
    await tab.getByRole('heading', { level: 1 }).waitFor()
    await accessible(tab, `forced colours on ${route}`)
    await fits(tab, `forced colours on ${route}`)
  }
  await tab.goto(`${staged.url}#/jobs/59`)
  const parts = tab.locator('.stairs rect')
  await parts.first().waitFor()
  const fills = await parts.evaluateAll((all) => all.map((one) => getComputedStyle(one).fill))
  assert.ok(new Set(fills).size > 1, `parts can be told apart: ${fills}`)
})

test('colours that somebody forces, and motion that somebody does without', async (t) => {
  const tab = await open(t, '#/', { forcedColors: 'active', reducedMotion: 'reduce' })
  await all(tab)
  await accessible(tab, 'forced colours')
  assert.equal(await tab.evaluate(() => document.getAnimations().length), 0)
  const strip = tab.locator('svg.strip').first()
  const fills = await strip.evaluate((one) =>
    [...one.querySelectorAll('rect')].map((rect) => getComputedStyle(rect).fill),
  )
  assert.ok(new Set(fills).size > 1, `phases can be told apart: ${fills}`)
})

test('the keyboard: straight to the content, and focus is seen', async (t) => {
  const tab = await open(t, '#/')
  await all(tab)
  await tab.keyboard.press('Tab')
  await tab.getByRole('button', { name: 'Skip to content' }).waitFor()
  await tab.keyboard.press('Enter')
  assert.equal(await tab.evaluate(() => document.activeElement.id), 'main')
  await tab.keyboard.press('Tab')
  const here = tab.getByRole('navigation', { name: 'Main' }).locator('[aria-current]')
  assert.equal(await here.textContent(), 'Market')
  const line = (of) => of.evaluate((one) => getComputedStyle(one).borderBottomColor)
  assert.notEqual(await line(here), await line(tab.getByRole('link', { name: 'Verify' })), 'where one is, is seen')
  const outline = await tab.evaluate(() => getComputedStyle(document.activeElement).outlineWidth)
  assert.equal(outline, '3px')
})
