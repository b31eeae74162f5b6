import type { JSX, ReactNode } from 'react'
import { Icon } from './Icon'

export type NoteKind = 'info' | 'ok' | 'warn' | 'bad'

const ICONS = { info: 'info', ok: 'check', warn: 'warn', bad: 'bad' } as const

/** What happened, what it means, what to do. */
export function Note({
  kind,
  title,
  children,
}: {
  kind: NoteKind
  title?: ReactNode
  children?: ReactNode
}): JSX.Element {
  return (
    <div className="note" data-kind={kind} role={kind === 'bad' ? 'alert' : undefined}>
      <Icon name={ICONS[kind]} />
      <div>
        {title && <strong className="font-semibold">{title}</strong>} {children}
      </div>
    </div>
  )
}
