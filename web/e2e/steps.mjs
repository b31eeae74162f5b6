// What people do in the page, step by step; each waits until the page says that it is done.
import assert from 'node:assert/strict'
import { join } from 'node:path'

/** Connect a wallet that is in the browser (EIP-6963). */
export async function connectHere(tab, name) {
  await tab.getByRole('button', { name: 'Connect', exact: true }).click()
  await tab.getByRole('dialog').getByRole('button', { name, exact: false }).click()
  await tab.getByRole('button', { name: 'Disconnect' }).waitFor()
}

/** Press the deed in the dialog that shows what it means, and wait until it is done. */
export async function agree(tab, deed) {
  const dialog = tab.getByRole('dialog', { name: deed })
  await dialog.getByText('network fee').waitFor()
  await dialog.getByRole('button', { name: deed }).click()
  await dialog.waitFor({ state: 'hidden' })
}

/** Post a job from a sample and test rows, with a model that knows nothing yet; returns the job's number. */
export async function postJob(tab, folder, title, at = async () => {}) {
  const goOn = () => tab.getByRole('button', { name: /^Go on/ }).click()
  await tab.getByLabel('Title').fill(title)
  await tab.getByLabel('Description').fill('Measurements of cell nuclei from fine needle aspirates.')
  await at('what')
  await goOn()
  await tab.getByLabel('Choose a sample table').setInputFiles(join(folder, 'sample.csv'))
  await tab.getByText(/sample\.csv: \d+ columns/).waitFor()
  await tab.getByLabel('Column to predict').selectOption('diagnosis')
  await tab.getByText('name, kind, and its 2 words').waitFor()
  await at('data')
  await goOn()
  await tab.getByRole('button', { name: 'Start from a model that knows nothing' }).click()
  await tab.getByText(/A model that knows nothing yet, [\d,]+ bytes/).waitFor()
  await at('model')
  await goOn()
  await tab.getByLabel('Choose the test rows').setInputFiles(join(folder, 'holdout.csv'))
  await tab.getByText(/rows, all fit\. Today’s model scores/).waitFor()
  await tab.getByLabel(/I may publish every row/).check()
  await at('rows')
  await goOn()
  await at('pay')
  await goOn()
  await at('time')
  await goOn()
  await tab.getByRole('button', { name: 'Check everything' }).click()
  await tab.getByText('You pay now').waitFor()
  await at('post')
  await tab.getByRole('button', { name: 'Seal, share and review' }).click()
  await agree(tab, /^Post with/)
  await tab.waitForURL(/#\/jobs\/\d+$/)
  const found = /jobs\/(\d+)$/.exec(tab.url())
  assert.ok(found, tab.url())
  return Number(found[1])
}
