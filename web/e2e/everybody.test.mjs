// Every page as people of all kinds meet it: any window and theme, forced colours, without motion, by the keyboard, and as
// assistive technology is told of it.
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accessible, fits, look } from './look.mjs'
import { all, fake, JOBS, meetMarkets, open, staged } from './madeUp.mjs'

meetMarkets()

/** How many elements move by themselves, or when something about them changes. */
const moving = (tab) =>
  tab.evaluate(() => {
    const lasts = ({ transitionDuration, animationDuration }) =>
      `${transitionDuration},${animationDuration}`.split(',').some((one) => Number.parseFloat(one) > 0)
    return [...document.querySelectorAll('*')].filter((one) => lasts(getComputedStyle(one))).length
  })

test('every page in every theme and size, empty and not connected', async (t) => {
  const tab = await open(t, '#/')
  const pages = [
    ['#/', () => all(tab)],
    ['#/account', () => tab.getByRole('button', { name: 'Connect a wallet' }).waitFor()],
    ['#/post', () => tab.getByLabel('Title').waitFor()],
    ['#/verify', () => tab.getByText('of 100 notices', { exact: true }).waitFor()],
    [`#/jobs/${JOBS}/reveal`, () => tab.getByRole('heading', { name: 'Show the test rows' }).waitFor()],
    ['#/jobs/99999', () => tab.getByText('There is no job 99999.').waitFor()],
  ]
  for (const [route, ready] of pages) {
    await tab.goto(fake.url + route)
    await ready()
    await look(tab, `empty${route.replace(/\W+/g, '-')}`)
  }
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

test('colours that somebody forces, and motion that somebody does without, on every page', async (t) => {
  const tab = await open(t, '#/', { market: staged, forcedColors: 'active', reducedMotion: 'reduce' })
  const pages = ['#/', '#/jobs/59', '#/jobs/57', '#/jobs/60/join', '#/account', '#/post', '#/verify']
  for (const route of pages) {
    await tab.goto(staged.url + route)
    await tab.getByRole('heading', { level: 1 }).waitFor()
    await accessible(tab, `forced colours on ${route}`)
    await fits(tab, `forced colours on ${route}`)
    assert.equal(await moving(tab), 0, `motion on ${route}`)
  }
  await tab.goto(`${staged.url}#/jobs/59`)
  const parts = tab.locator('.stairs rect')
  await parts.first().waitFor()
  const fills = await parts.evaluateAll((all) => all.map((one) => getComputedStyle(one).fill))
  assert.ok(new Set(fills).size > 1, `parts can be told apart: ${fills}`)
})

test('colours that somebody forces: phases can be told apart; and who does not mind motion has it', async (t) => {
  const tab = await open(t, '#/', { forcedColors: 'active' })
  await all(tab)
  await accessible(tab, 'forced colours')
  assert.ok((await moving(tab)) > 0)
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
