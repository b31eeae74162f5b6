/** No gateway gives the file, or what they give is not it. */
export class NotFetched extends Error {
  override name = 'NotFetched'
}

/** A file that no gateway has given. */
export interface Missing {
  cid: string
  maxBytes: number
}

const handed = new Map<string, Uint8Array>()
const listeners = new Set<() => void>()
let missing: readonly Missing[] = []

/** A file that was handed over in this tab, and checked against its CID. */
export function handedOver(cid: string): Uint8Array | undefined {
  return handed.get(cid)
}

/** Keep a file that was checked, for as long as the tab is open. */
export function keepHanded(cid: string, file: Uint8Array): void {
  handed.set(cid, file)
  noteFound(cid)
}

/** Files that were asked for and that no gateway has given since. */
export const missed = {
  subscribe: (listener: () => void): (() => void) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  },
  current: (): readonly Missing[] => missing,
}

/** Note that no gateway gives a file. */
export function noteMissing(one: Missing): void {
  if (!missing.some(({ cid }) => cid === one.cid)) tell([...missing, one])
}

/** Note that a file was had. */
export function noteFound(cid: string): void {
  if (missing.some((one) => one.cid === cid)) tell(missing.filter((one) => one.cid !== cid))
}

/** Ask for nothing more: what asked is gone. */
export function forgetMissing(): void {
  if (missing.length > 0) tell([])
}

function tell(now: readonly Missing[]): void {
  missing = now
  for (const listener of listeners) listener()
}
