// Every page in Firefox: what it draws, what its workers do (a table read, Python started), and that nothing fails.
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { startFake } from './fake.mjs'
import { startFirefox } from './firefox.mjs'
import { stages } from './stages.mjs'

const JOBS = 60

let fake
let firefox
let folder

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'deml-firefox-data-'))
  const names = Array.from({ length: 30 }, (_, index) => `c${index}`)
  const row = (number) => [...names.map((_, index) => ((number * (index + 3)) % 17) / 7), number % 2 ? 'yes' : 'no']
  const lines = [[...names, 'ill'], ...Array.from({ length: 40 }, (_, number) => row(number))]
  writeFileSync(join(folder, 'table.csv'), lines.map((line) => line.join(',')).join('\n'))
  fake = await startFake({ count: JOBS, staged: stages(JOBS) })
  Object.assign(fake.state, { gateway: (_, response) => response.writeHead(404).end() })
  firefox = await startFirefox()
})

after(async () => {
  await firefox?.close()
  fake?.close()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

const says = (text) => firefox.until(`document.body.innerText.includes(${JSON.stringify(text)})`)

/** Refuse a page that scrolls sideways on the narrowest window. */
async function fits(where) {
  await firefox.resize(360, 780)
  const wide = await firefox.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')
  assert.ok(wide <= 0, `${where} is ${wide} px too wide`)
  await firefox.resize(1280, 900)
}

test('pages are drawn as in Chromium', async (t) => {
  t.diagnostic(`Firefox ${firefox.version}`)
  const pages = [
    ['#/', '60 jobs'],
    ['#/jobs/59', 'What luck could explain'],
    ['#/jobs/57', '690 DEV were paid to 2 clients.'],
    ['#/jobs/60/join', 'This job has no specification'],
    ['#/jobs/60/reveal', 'Show the test rows'],
    ['#/account', 'Connect a wallet'],
    ['#/post', 'What should get better?'],
    ['#/verify', 'outputs'],
  ]
  for (const [route, text] of pages) {
    await firefox.goto(fake.url + route)
    await says(text)
    await fits(route)
  }
})

test('marks of charts are there: strips, hatch, dots', async () => {
  await firefox.goto(`${fake.url}#/jobs/59`)
  await says('Scores and pay')
  const fills = `new Set([...document.querySelectorAll('.stairs rect')].map((one) => getComputedStyle(one).fill)).size`
  assert.ok((await firefox.evaluate(fills)) > 1)
  assert.ok((await firefox.evaluate(`document.querySelectorAll('.score-bar .dot').length`)) >= 8)
})

test('the dialog for wallets opens, and closes', async () => {
  await firefox.press('Connect')
  await says('No wallet was found in this browser.')
  await firefox.evaluate(`document.querySelector('dialog button[aria-label=Close]').click()`)
  await firefox.until(`!document.querySelector('dialog')`)
})

test('a table is read in a worker that has no way out, and Python makes a model in another', async () => {
  await firefox.goto(`${fake.url}#/post`)
  await says('What should get better?')
  await firefox.evaluate(`(() => {
    const title = document.querySelector('.field input')
    const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set
    set.call(title, 'In Firefox')
    title.dispatchEvent(new Event('input', { bubbles: true }))
  })()`)
  await firefox.until(
    `[...document.querySelectorAll('button')].some((one) => /^Go on/.test(one.innerText) && !one.disabled)`,
  )
  await firefox.press('Go on')
  await says('Choose a sample table')
  await firefox.give('Choose a sample table', join(folder, 'table.csv'))
  await says('table.csv: 31 columns')
  await firefox.press('Go on')
  await says('Start from a model that knows nothing')
  await firefox.press('Start from a model that knows nothing')
  await says('A model that knows nothing yet, ')
})

test('nothing has failed on any page', () => assert.deepEqual(firefox.errors, []))
