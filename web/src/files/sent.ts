import { useSyncExternalStore } from 'react'

const counts = new Map<object, number>()
const listeners = new Set<() => void>()

/**
 * Note how many requests something that reads private rows has made since it began, by the browser's own count.
 *
 * @param reader whatever stands for one worker.
 */
export function noteSent(reader: object, requests: number): void {
  counts.set(reader, requests)
  for (const listener of listeners) listener()
}

/** Requests of all that has read private rows in this tab, together; undefined before anything has. */
export function useSent(): number | undefined {
  return useSyncExternalStore(subscribe, total)
}

function total(): number | undefined {
  return counts.size === 0 ? undefined : [...counts.values()].reduce((sum, one) => sum + one, 0)
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
