import { useSyncExternalStore } from 'react'
import { useSettings } from '../app/context'
import { marketKey } from '../files/replayStore'
import type { Difference } from './replay'

/** What of a node's answers is not as this browser computed it, or as the chain accepted it. */
export interface Dispute {
  what: Difference['what'] | 'root' | 'proof'
  count: number
}

/** Who finds disputes: the replay of the market, and the check of the proofs of its outputs. */
const FINDERS = ['replay', 'proofs'] as const
export type Finder = (typeof FINDERS)[number]

type Market = Parameters<typeof marketKey>[0]

const listeners = new Set<() => void>()

/**
 * Note what was found, or that all is equal now. It stays over a reload, for nothing may be sent in between; and it is
 * read at once, which a database is not.
 */
export function note(market: Market, finder: Finder, found: Dispute | undefined): void {
  const key = keyOf(marketKey(market), finder)
  if (found) localStorage.setItem(key, `${found.what} ${found.count}`)
  else localStorage.removeItem(key)
  for (const listener of listeners) listener()
}

/** What is in dispute about the market now, also as another tab found it. */
export function useDisputes(): Dispute[] {
  const market = marketKey(useSettings())
  const kept = useSyncExternalStore(subscribe, () =>
    FINDERS.map((finder) => localStorage.getItem(keyOf(market, finder)) ?? '').join(),
  )
  return kept.split(',').flatMap((one) => {
    const [what, count] = one.split(' ')
    return count ? [{ what: what as Dispute['what'], count: Number(count) }] : []
  })
}

function keyOf(market: string, finder: Finder): string {
  return `deml.differs.${market}.${finder}`
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  addEventListener('storage', listener)
  return () => {
    listeners.delete(listener)
    removeEventListener('storage', listener)
  }
}
