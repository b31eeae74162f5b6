import { type RefObject, useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react'

/** Items that exist beyond either end of the window, so that the Tab key and a quick wheel find them. */
const BEYOND = 8

/** What an item is known by. */
export type Key = string | number

/** Which items of a long list exist, and how much room those before and after them take, in pixels. */
export interface Part {
  from: number
  to: number
  above: number
  below: number
}

/**
 * Keep of a long list only what is in the window: ten thousand items scroll, some twenty exist.
 *
 * @param list has the items as its children, and the room as its own padding.
 * @param keys one for each item; heights are remembered by them.
 * @param guess height of an item before any was measured, in pixels.
 */
export function useWindow(list: RefObject<HTMLElement | null>, keys: readonly Key[], guess: number): Part {
  const heights = useRef(new Map<Key, number>())
  // Of what was never shown; settled once, for a guess that moves moves everything below it.
  const usual = useRef<number>(undefined)
  const [part, setPart] = useState<Part>({ from: 0, to: 0, above: 0, below: 0 })
  const place = useCallback(() => {
    const top = -(list.current?.getBoundingClientRect().top ?? 0)
    const found = partOf(keys, heights.current, usual.current ?? guess, top, top + window.innerHeight)
    setPart((before) => (same(before, found) ? before : found))
  }, [list, keys, guess])
  useLayoutEffect(() => {
    for (const [index, one] of [...(list.current?.children ?? [])].entries()) {
      const key = keys[part.from + index]
      if (key !== undefined) heights.current.set(key, one.getBoundingClientRect().height)
    }
    if (heights.current.size > 0) usual.current ??= average([...heights.current.values()])
    place()
  }, [list, keys, part, place])
  useEffect(() => {
    const resized = () => {
      heights.current.clear()
      usual.current = undefined
      place()
    }
    addEventListener('scroll', place, { passive: true })
    addEventListener('resize', resized)
    return () => {
      removeEventListener('scroll', place)
      removeEventListener('resize', resized)
    }
  }, [place])
  return part
}

/** The part of a list that shows between two places, counted from the list's top; `usual` is the height of the unknown. */
export function partOf(
  keys: readonly Key[],
  heights: ReadonlyMap<Key, number>,
  usual: number,
  top: number,
  bottom: number,
): Part {
  const ends: number[] = []
  let end = 0
  for (const key of keys) {
    end += heights.get(key) ?? usual
    ends.push(end)
  }
  const firstEndAfter = (place: number) => {
    const found = ends.findIndex((one) => one > place)
    return found < 0 ? keys.length : found
  }
  const from = Math.max(0, firstEndAfter(top) - BEYOND)
  const to = Math.min(keys.length, firstEndAfter(bottom) + 1 + BEYOND)
  const above = ends[from - 1] ?? 0
  return { from, to, above, below: end - (ends[to - 1] ?? end) }
}

function average(values: readonly number[]): number {
  return Math.round(values.reduce((all, one) => all + one, 0) / values.length)
}

function same(a: Part, b: Part): boolean {
  return a.from === b.from && a.to === b.to && a.above === b.above && a.below === b.below
}
