// Lays each picture of the page beside the design's: `DEML_DESIGN=.../shots node e2e/pairs.mjs`, after `make pictures`. The
// design's pictures are not part of the repository; what is kept of them is these pairs, small.
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startBrowser } from './browser.mjs'

const PICTURES = new URL('../../docs/pictures/', import.meta.url).pathname
const DESIGN = process.env.DEML_DESIGN

/** The design's picture, and ours of the same page, window and theme. */
const PAIRS = [
  ['01-market-1280-light', 'market-1280-light'],
  ['02-market-1280-dark', 'market-1280-dark'],
  ['03-market-390-light', 'market-390-light'],
  ['04-job-1280-light', 'job-due-1280-light'],
  ['05-job-390-dark', 'job-due-390-dark'],
  ['06-join-check-1280-light', 'join-check-1280-light'],
  ['07-join-train-1280-dark', 'join-train-1280-dark'],
  ['08-join-train-390-light', 'join-train-390-light'],
  ['09-join-due-1280-light', 'join-publish-1280-light'],
  ['10-consent-publish-1280-dark', 'consent-publish-1280-dark'],
  ['11-connect-390-dark', 'connect-390-dark'],
  ['12-post-rows-1280-light', 'post-rows-1280-light'],
  ['13-account-1280-dark', 'account-due-1280-dark'],
  ['14-account-390-light', 'account-due-390-light'],
  ['15-verify-fails-1280-light', 'verify-output-1280-light'],
]

/** Width of one picture in a pair, in pixels, by the width of its window; what is below so much of it is left out. */
const SHOWN = { 1280: 620, 390: 300 }
const TALLEST = 1_100

const data = (file) => `data:image/png;base64,${readFileSync(file).toString('base64')}`

if (!DESIGN) throw new Error('DEML_DESIGN names no folder: where are the pictures of the design?')
mkdirSync(join(PICTURES, 'pairs'), { recursive: true })
const browser = await startBrowser()
for (const [theirs, ours] of PAIRS) {
  const files = [join(DESIGN, `${theirs}.png`), join(PICTURES, `${ours}.png`)]
  const missing = files.find((one) => !existsSync(one))
  if (missing) {
    console.log(`left out: there is no ${missing}`)
    continue
  }
  const wide = SHOWN[ours.includes('-390-') ? 390 : 1280]
  const tab = await browser.newPage({ viewport: { width: 2 * wide + 24, height: 400 } })
  const side = (file, said) =>
    `<figure><figcaption>${said}</figcaption><div><img src="${data(file)}" width="${wide}"></div></figure>`
  await tab.setContent(
    `<style>body{margin:0;display:flex;gap:24px;background:#fff;font:13px sans-serif}figure{margin:0}
     figcaption{padding:6px 0}div{max-height:${TALLEST}px;overflow:hidden}img{display:block}</style>
     ${side(files[0], 'The design')}${side(files[1], 'The page')}`,
  )
  await tab.waitForFunction(() => [...document.images].every((one) => one.complete))
  await tab.screenshot({ path: join(PICTURES, 'pairs', `${ours}.jpg`), fullPage: true, type: 'jpeg', quality: 72 })
  await tab.close()
}
await browser.close()
