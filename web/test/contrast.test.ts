import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const STYLES = readFileSync(new URL('../src/styles/index.css', import.meta.url), 'utf8')
const THEMES = ['light', 'dark'] as const

/** A token of the theme, in one of its two shades. */
function token(name: string, theme: (typeof THEMES)[number]): string {
  const found = new RegExp(`--color-${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(STYLES)
  if (!found) throw new Error(`no token ${name}`)
  return found[theme === 'light' ? 1 : 2] ?? ''
}

/** WCAG 2.2: relative luminance. */
function luminance(colour: string): number {
  const channels = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
  const [red = 0, green = 0, blue = 0] = channels.map((one) =>
    one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4,
  )
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((one, other) => other - one) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

describe.each(THEMES)('contrast, %s', (theme) => {
  const text = ['ink', 'ink-2', 'ink-3', 'accent', 'ok', 'warn', 'bad']
  const grounds = ['paper', 'sheet', 'well']

  it.each(text.flatMap((one) => grounds.map((ground) => [one, ground] as const)))('%s is read on %s', (one, ground) => {
    expect(contrast(token(one, theme), token(ground, theme))).toBeGreaterThanOrEqual(4.5)
  })

  it.each([
    ['on-accent', 'accent'],
    ['on-accent', 'accent-hover'],
    ['ink', 'wash'],
    ['accent', 'wash'],
    ['ink-3', 'wash'],
    ['ok', 'ok-wash'],
    ['warn', 'warn-wash'],
    ['bad', 'bad-wash'],
    ['ink', 'ok-wash'],
    ['ink', 'warn-wash'],
    ['ink', 'bad-wash'],
  ])('%s is read on %s', (one, ground) => {
    expect(contrast(token(one, theme), token(ground, theme))).toBeGreaterThanOrEqual(4.5)
  })

  it.each(grounds)('edges of fields are seen on %s', (ground) => {
    expect(contrast(token('edge', theme), token(ground, theme))).toBeGreaterThanOrEqual(3)
  })
})
