// What people do in the page, step by step; each waits until the page says that it is done.
import assert from 'node:assert/strict'
import { join } from 'node:path'

/** Most stops of the Tab key on a page. */
const STOPS = 250

/** Reach something by the Tab key alone, as who has no mouse does. */
export async function reach(tab, target) {
  await target.and(tab.locator(':enabled, a, summary')).waitFor({ state: 'attached' })
  for (let stop = 0; stop < STOPS; stop += 1) {
    if (await target.evaluate((one) => one === document.activeElement)) return
    await tab.keyboard.press('Tab')
  }
  throw new Error(`the Tab key never reaches ${target}`)
}

/** Reach something by the Tab key, and press it. */
export async function press(tab, target, key = 'Enter') {
  await target.and(tab.locator(':enabled, a, summary')).waitFor()
  await reach(tab, target)
  await tab.keyboard.press(key)
}

/** Reach a field by the Tab key, and write into it, in place of what stands there. */
export async function write(tab, label, text) {
  const field = tab.getByLabel(label)
  await reach(tab, field)
  if (await field.evaluate((one) => one.matches('input, textarea'))) await tab.keyboard.press('Control+A')
  await tab.keyboard.type(text)
}

/** Reach what takes a file by the Tab key; the browser's own dialog is no part of the page, so the file is put there. */
export async function give(tab, label, file) {
  await reach(tab, tab.getByLabel(label))
  await tab.getByLabel(label).setInputFiles(file)
}

/** Connect a wallet that is in the browser (EIP-6963). */
export async function connectHere(tab, name) {
  await press(tab, tab.getByRole('button', { name: 'Connect', exact: true }))
  await press(tab, tab.getByRole('dialog').getByRole('button', { name, exact: false }))
  await tab.getByRole('button', { name: 'Disconnect' }).waitFor()
}

/** Press the deed in the dialog that shows what it means, and wait until it is done. */
export async function agree(tab, deed) {
  const dialog = tab.getByRole('dialog', { name: deed })
  await dialog.getByText('network fee').waitFor()
  await press(tab, dialog.getByRole('button', { name: deed }))
  await dialog.waitFor({ state: 'hidden' })
}

/** Post a job from a sample and test rows, with a model that knows nothing yet; returns the job's number. */
export async function postJob(tab, folder, title, at = async () => {}) {
  const goOn = () => press(tab, tab.getByRole('button', { name: /^Go on/ }))
  await write(tab, 'Title', title)
  await write(tab, 'Description', 'Measurements of cell nuclei from fine needle aspirates.')
  await write(tab, 'What the models may be used for', 'Research on early detection.')
  await at('what')
  await goOn()
  await give(tab, 'Choose a sample table', join(folder, 'sample.csv'))
  await tab.getByText(/sample\.csv: \d+ columns/).waitFor()
  await write(tab, 'Column to predict', 'diagnosis')
  await tab.getByText('name, kind, and its 2 words').waitFor()
  await at('data')
  await goOn()
  await press(tab, tab.getByRole('button', { name: 'Start from a model that knows nothing' }))
  await tab.getByText(/A model that knows nothing yet, [\d,]+ bytes/).waitFor()
  await at('model')
  await goOn()
  await give(tab, 'Choose the test rows', join(folder, 'holdout.csv'))
  await tab.getByText(/rows, all fit\. Today’s model scores/).waitFor()
  await press(tab, tab.getByLabel(/I may publish every row/), 'Space')
  await at('rows')
  await goOn()
  // More than the least that all places must cost, so that the reward can be raised.
  await write(tab, 'Stake of each client', '12%')
  await at('pay')
  await goOn()
  await at('time')
  await goOn()
  await press(tab, tab.getByRole('button', { name: 'Check everything' }))
  await tab.getByText('You pay now').waitFor()
  await at('post')
  await press(tab, tab.getByRole('button', { name: 'Seal, share and review' }))
  await agree(tab, /^Post with/)
  await tab.waitForURL(/#\/jobs\/\d+/)
  const found = /jobs\/(\d+)/.exec(tab.url())
  assert.ok(found, tab.url())
  return Number(found[1])
}

/** Connect a wallet on a phone by the link that its code holds; `scan` is given the link. */
export async function connectPhone(tab, scan) {
  await press(tab, tab.getByRole('button', { name: 'Connect', exact: true }))
  await press(tab, tab.getByRole('button', { name: 'Wallet on a phone' }))
  scan(await pairingOf(tab))
}

/** The link that the page offers a phone: the same as a picture, and for a wallet on this very phone. */
export async function pairingOf(tab) {
  const pairing = tab.locator('[data-pairing-uri]')
  await pairing.waitFor()
  await tab.getByRole('img', { name: /Scan this/ }).waitFor()
  const uri = await pairing.getAttribute('data-pairing-uri')
  const link = await tab.getByRole('link', { name: 'Open the wallet on this phone' }).getAttribute('href')
  assert.equal(link, uri, 'the deep link pairs with the same code')
  return uri
}

/** Hold one's own table against the job's columns; nothing is sent by what reads it. */
export async function check(tab, table) {
  await give(tab, 'Choose a CSV or Parquet file', table)
  await tab.getByText('Your table fits').waitFor()
  await tab.getByText('0 bytes, in 0 requests').waitFor()
  await tab.getByRole('complementary').getByText('0 bytes', { exact: true }).waitFor()
}

/** Score the sealed model in the tab, and declare what counts; `sealed` is its file where this browser does not keep it. */
export async function declare(tab, sealed) {
  await press(tab, tab.getByRole('button', { name: 'Score it in this tab' }))
  if (sealed) await give(tab, 'Choose the sealed file', sealed)
  await tab.getByText(/That is \S+, against/).waitFor({ timeout: 240_000 })
  assert.ok(await tab.getByRole('button', { name: 'Review and declare' }).isDisabled(), 'no minimum is chosen silently')
  await press(tab, tab.getByLabel('No minimum'), 'Space')
  await press(tab, tab.getByRole('button', { name: 'Review and declare' }))
  await agree(tab, /^Declare /)
  await tab.getByText('You declared').waitFor()
}
