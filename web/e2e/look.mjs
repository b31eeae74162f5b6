// Looks at a page as people meet it: axe in both themes, nothing wider than the window, and pictures of it.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** Where pictures go if they are wanted: `make pictures` says so. */
const PICTURES = process.env.DEML_PICTURES

/**
 * What pictures are made of, each once: on a wide window in the light and on a phone in the dark, or as the design has
 * them. The others are looked at as well, but for a picture they say too little.
 */
const PICTURED = new Set([
  ...['market', 'job-open', 'job-declared', 'job-due', 'job-slices', 'job-ended', 'job-never-shown'],
  ...['join-check', 'join-train', 'join-script', 'join-examine', 'join-declare', 'join-publish', 'join-settle'],
  ...['consent', 'consent-publish', 'consent-off', 'connect', 'reveal', 'revealed'],
  ...['post-data', 'post-rows', 'post-post', 'next-round'],
  ...['account', 'account-due', 'verify-done', 'verify-output'],
])
const USUAL = ['1280-light', '390-dark']
const AS_DESIGNED = {
  market: ['1280-light', '1280-dark', '390-light', '390-dark'],
  'join-train': ['1280-dark', '390-light'],
  'consent-publish': ['1280-dark', '390-light'],
  'account-due': ['1280-light', '1280-dark', '390-light'],
}

/** What is a list without an end is shown as far as so high a window shows it. */
const CUT = { market: { 1280: 1_180, 390: 1_500 } }

const SIZES = [
  [1280, 900],
  [390, 844],
]
const NARROWEST = [360, 780]
const WIDEST = [3840, 2160]

/** Refuse what axe finds wrong, in words that tell where. */
export async function accessible(tab, where) {
  await tab.evaluate(AXE)
  const { violations } = await tab.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }))
  const told = violations.map(({ id, nodes }) => `${id}: ${nodes.map((one) => one.html.slice(0, 160)).join(' | ')}`)
  assert.deepEqual(told, [], where)
}

/** Refuse a page that scrolls sideways. */
export async function fits(tab, where) {
  const { wide, found } = await tab.evaluate(() => {
    const width = document.documentElement.clientWidth
    const tooWide = [...document.querySelectorAll('body *')].filter((one) => {
      const { right, width: own } = one.getBoundingClientRect()
      return own > 0 && right > width + 1 && !one.closest('.overflow-x-auto, .visually-hidden')
    })
    const name = (one) => `${one.tagName}.${one.getAttribute('class') ?? ''}`.slice(0, 120)
    return { wide: document.documentElement.scrollWidth - width, found: tooWide.slice(0, 5).map(name) }
  })
  assert.ok(wide <= 0, `${where} is ${wide} px too wide: ${found.join('; ')}`)
}

/** Take a picture of what the tab shows now; what takes the keys is marked no longer than the picture takes. */
async function picture(tab, name, width, theme) {
  mkdirSync(PICTURES, { recursive: true })
  const cut = CUT[name]?.[width]
  const { height } = tab.viewportSize()
  if (cut) await tab.setViewportSize({ width, height: cut })
  await tab.evaluate(() => {
    window.scrollTo(0, 0)
    if (!document.querySelector('dialog[open]')) document.activeElement?.blur()
  })
  const asks = await tab.evaluate(() => document.querySelector('dialog[open]') !== null)
  await tab.screenshot({
    path: `${PICTURES}/${name}-${width}-${theme}.png`,
    // A dialog stands in the window, whatever is below it.
    fullPage: !cut && !asks,
    animations: 'disabled',
  })
  if (cut) await tab.setViewportSize({ width, height })
}

/** Look at what the tab shows now, in every theme and size; it is left as it was found. */
export async function look(tab, name) {
  const before = tab.viewportSize()
  const focused = await tab.evaluateHandle(() => document.activeElement)
  for (const [width, height] of SIZES) {
    await tab.setViewportSize({ width, height })
    for (const theme of ['light', 'dark']) {
      await tab.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
      await fits(tab, `${name} at ${width}`)
      await accessible(tab, `${name} at ${width}, ${theme}`)
      if (PICTURES && PICTURED.has(name) && (AS_DESIGNED[name] ?? USUAL).includes(`${width}-${theme}`)) {
        await picture(tab, name, width, theme)
      }
    }
  }
  for (const [width, height] of [NARROWEST, WIDEST]) {
    await tab.setViewportSize({ width, height })
    await fits(tab, `${name} at ${width}`)
  }
  await tab.setViewportSize(before)
  await tab.emulateMedia({ colorScheme: null, reducedMotion: null })
  await focused.evaluate((one) => one?.focus?.({ preventScroll: true }))
}

/** Look at a state that others are much like: where no pictures are wanted, in one theme and size. */
export async function glance(tab, name) {
  await (PICTURES ? look(tab, name) : accessible(tab, name))
}
