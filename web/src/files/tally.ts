import type { Reached } from './cutOff'

/** A moment, and all that was tried until then. */
export interface Told extends Reached {
  /** Milliseconds since 1970. */
  at: number
}

/** What all workers that were given private rows have done to reach the network since this page was opened. */
class Tally {
  private workers = 0
  private readonly latest = new Map<number, Reached>()
  private told: readonly Told[] = []
  private readonly listeners = new Set<() => void>()

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** The sums so far, each when it was told; nothing before the first worker has told of itself. */
  readonly current = (): readonly Told[] => this.told

  /** A place for one more worker; what it tells later replaces what it told before. */
  open(): (reached: Reached) => void {
    this.workers += 1
    const worker = this.workers
    return (reached) => {
      this.latest.set(worker, reached)
      const sum = { requests: 0, refused: 0 }
      for (const one of this.latest.values()) {
        sum.requests += one.requests
        sum.refused += one.refused
      }
      this.told = [...this.told.slice(1 - MOST_TOLD), { ...sum, at: Date.now() }]
      for (const listener of this.listeners) listener()
    }
  }
}

/** Sums that are kept, for the tape. */
const MOST_TOLD = 2_000

export const tally = new Tally()
