import { type JSX, useId, useState } from 'react'
import { words } from '../words'
import { Icon } from './Icon'

/** Take one file, dropped or chosen; it stays on this computer. */
export function FileDrop(props: {
  label: string
  accept: string
  busy?: boolean
  onFile: (file: File) => void
}): JSX.Element {
  const { label, accept, busy = false, onFile } = props
  const id = useId()
  const [over, setOver] = useState(false)
  const [name, setName] = useState('')
  const take = (file: File | undefined) => {
    if (!file) return
    setName(file.name)
    onFile(file)
  }
  return (
    <section
      aria-label={label}
      className="drop"
      data-over={over}
      aria-busy={busy}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault()
        setOver(false)
        take(event.dataTransfer.files[0])
      }}
    >
      <Icon name="file" size={24} />
      <p className="mt-2 font-semibold">
        <label htmlFor={id} className="cursor-pointer text-accent underline underline-offset-4">
          {label}
        </label>
      </p>
      <p className="mt-1 text-13 text-ink-3">{name || words.drop}</p>
      <input
        id={id}
        type="file"
        accept={accept}
        className="visually-hidden"
        onChange={(event) => take(event.target.files?.[0])}
      />
    </section>
  )
}
