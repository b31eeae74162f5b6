import type { JSX } from 'react'
import { words } from '../words'

/** A page whose content is still being read; it has its title, so that everybody knows where they are. */
export function Loading({ title }: { title: string }): JSX.Element {
  return (
    <div className="py-8">
      <h1>{title}</h1>
      <p className="mt-4 text-ink-2" role="status">
        {words.loading}
      </p>
    </div>
  )
}
