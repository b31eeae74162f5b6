import type { Draft } from '../../market/posting'

const KEY = 'deml.draft'

/** What a browser keeps of a draft: all that was said, and no row, and no model. */
const LEFT_OUT = {
  sample: undefined,
  initial: undefined,
  holdout: undefined,
  measured: undefined,
  mayPublish: false,
} as const

/** Keep a draft over a reload; rows of the sponsor's are kept nowhere before they are sealed. */
export function keepDraft(draft: Draft): void {
  localStorage.setItem(KEY, JSON.stringify({ ...draft, ...LEFT_OUT }))
}

export function forgetDraft(): void {
  localStorage.removeItem(KEY)
}

/** The draft that was left, completed by a new one; undefined where there is none, or none that can be read. */
export function keptDraft(fresh: Draft): Draft | undefined {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(KEY) ?? 'null')
    if (typeof found !== 'object' || found === null) return undefined
    const known = Object.entries(found).filter(([name, value]) => typeof value === typeof fresh[name as keyof Draft])
    return { ...fresh, ...(Object.fromEntries(known) as Partial<Draft>), ...LEFT_OUT }
  } catch {
    return undefined // not what this page has written
  }
}
