import { useSyncExternalStore } from 'react'

/** From where on tables are tables; below, each row is a block of its own. */
const WIDE = '(min-width: 45rem)'

/** Whether the window is wide enough for tables, when it is asked. */
function isWide(): boolean {
  return window.matchMedia(WIDE).matches
}

/** Whether the window is wide enough for tables, now and whenever that changes. */
export function useWide(): boolean {
  return useSyncExternalStore(heard, isWide)
}

function heard(changed: () => void): () => void {
  const query = window.matchMedia(WIDE)
  query.addEventListener('change', changed)
  return () => query.removeEventListener('change', changed)
}
