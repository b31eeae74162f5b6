// The page against a made-up market: what is loaded and from where, ten thousand jobs, every ending and standing, and what
// its buttons do.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { newContext } from './browser.mjs'
import { startFake } from './fake.mjs'
import { accessible, fits, glance, look } from './look.mjs'
import { all, browser, fake, HONEST, meetMarkets, open, staged } from './madeUp.mjs'
import { SHOWN, smallMarket, sponsored } from './stages.mjs'
import { connectHere, press, write } from './steps.mjs'

/** Jobs of a large market. */
const MANY = 10_000

const FIRST_VIEW_BYTES = 200_000

/** What else the first view may take: requests for files of the page, bytes of style and font with gzip, nodes that are drawn. */
const FIRST_VIEW_MOST = { requests: 52, scripts: 47, styleBytes: 70_000, nodes: 800 }

meetMarkets()

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

test('who opens the step of another, or has no wallet there, is told nothing of a stake', async (t) => {
  const tab = await open(t, '#/jobs/59/join', { market: staged, wallet: true })
  await tab.getByText('Joining has ended. If you take part, connect the wallet that you joined with.').waitFor()
  assert.equal(await tab.getByText('your stake comes back').count(), 0)
  await connectHere(tab, 'Hardhat')
  await tab.getByRole('button', { name: 'Review and publish' }).waitFor()
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
