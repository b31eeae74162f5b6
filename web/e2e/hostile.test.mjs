// The page in a hostile world: nodes and gateways that lie, words that would run, turn or flood, node and chain that fall
// silent, wrong clocks, contracts that do not belong together, and a wallet that is locked.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CarWriter } from '@ipld/car'
import { CID } from 'multiformats/cid'
import * as raw from 'multiformats/codecs/raw'
import { sha256 } from 'multiformats/hashes/sha2'
import { accessible, fits } from './look.mjs'
import { all, fake, HONEST, HOSTILE, JOBS, meetMarkets, open, REMEMBERED } from './madeUp.mjs'
import { connectHere, press } from './steps.mjs'

meetMarkets()

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
  const other = await tab.context().newPage()
  await other.goto(`${fake.url}#/account`)
  await tab.goto(`${fake.url}#/verify`)
  await tab.getByText('4 proofs do not lead to a root that the chain has accepted.').waitFor()
  await tab.getByText('Do not act on what this node says.').waitFor()
  await accessible(tab, 'verify that fails')
  const markIn = (one) => one.getByRole('banner').getByRole('link', { name: '4 proofs fail' })
  const mark = markIn(tab)
  await mark.waitFor()
  await markIn(other).waitFor()
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
  await markIn(other).waitFor({ state: 'hidden' })
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
