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
    <label
      htmlFor={id}
      className="drop block cursor-pointer"
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
      <span className="mt-2 block font-semibold text-accent underline underline-offset-4">{label}</span>
      <span className="mt-1 block wrap-anywhere text-13 text-ink-3">{name || words.drop}</span>
      <input
        id={id}
        type="file"
        accept={accept}
        className="visually-hidden"
        onChange={(event) => take(event.target.files?.[0])}
      />
    </label>
  )
}
