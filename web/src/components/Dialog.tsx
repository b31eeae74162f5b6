import { type JSX, type ReactNode, useEffect, useId, useRef } from 'react'
import { words } from '../words'
import { Icon } from './Icon'

/** A native dialog: focus starts on its title, Escape closes it, from below on phones. */
export function Dialog({
  title,
  onClose,
  children,
  footer,
}: {
  title: string
  onClose: () => void
  children: ReactNode
  footer?: ReactNode
}): JSX.Element {
  const ref = useRef<HTMLDialogElement>(null)
  const heading = useRef<HTMLHeadingElement>(null)
  const id = useId()
  useEffect(() => {
    ref.current?.showModal()
    heading.current?.focus()
  }, [])
  return (
    <dialog ref={ref} className="dialog" aria-labelledby={id} onClose={onClose}>
      <div className="flex items-start justify-between gap-4 px-6 pt-5">
        <h2 id={id} ref={heading} tabIndex={-1}>
          {title}
        </h2>
        <button type="button" className="icon-button" aria-label={words.close} onClick={() => ref.current?.close()}>
          <Icon name="close" />
        </button>
      </div>
      <div className="px-6 py-4">{children}</div>
      {footer && (
        <footer className="flex flex-wrap justify-end gap-3 border-t border-line px-6 py-4 max-table:flex-col-reverse">
          {footer}
        </footer>
      )}
    </dialog>
  )
}
