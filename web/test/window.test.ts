import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { partOf } from '../src/components/useWindow'

const keysOf = (count: number) => Array.from({ length: count }, (_, index) => index + 1)

describe('the part of a long list that exists', () => {
  it('covers the window, and with the room around it is as high as the whole list', () => {
    const list = fc.array(fc.integer({ min: 20, max: 400 }), { minLength: 1, maxLength: 300 })
    fc.assert(
      fc.property(list, fc.nat(60_000), fc.integer({ min: 100, max: 2_000 }), (all, top, high) => {
        const heights = new Map(all.map((height, index) => [index + 1, height]))
        const { from, to, above, below } = partOf(keysOf(all.length), heights, 100, top, top + high)
        const sum = (some: number[]) => some.reduce((total, one) => total + one, 0)
        expect(above).toBe(sum(all.slice(0, from)))
        expect(above + sum(all.slice(from, to)) + below).toBe(sum(all))
        expect(above).toBeLessThanOrEqual(top)
        if (to < all.length) expect(above + sum(all.slice(from, to))).toBeGreaterThanOrEqual(top + high)
      }),
    )
  })

  it('is small however long the list is, wherever one is in it', () => {
    for (const top of [0, 500_000, 1_199_000, 5_000_000]) {
      const { from, to } = partOf(keysOf(10_000), new Map(), 120, top, top + 900)
      expect(to - from).toBeLessThan(40)
    }
  })

  it('is all of a short list', () => {
    expect(partOf(keysOf(3), new Map(), 120, 0, 900)).toEqual({ from: 0, to: 3, above: 0, below: 0 })
  })
})
