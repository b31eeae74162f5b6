import type { JSX } from 'react'

/** A box to tick, with a sentence and perhaps a quieter one behind it. */
export function Check(props: {
  checked: boolean
  label: string
  hint?: string
  onChange: (checked: boolean) => void
}): JSX.Element {
  const { checked, label, hint, onChange } = props
  return (
    <label className="flex items-start gap-3 py-1 text-14">
      <input
        type="checkbox"
        className="mt-0.5 size-5 flex-none accent-accent"
        checked={checked}
        onChange={(event) => onChange(event.target.checked)}
      />
      <span>
        {label} {hint && <span className="text-ink-3">{hint}</span>}
      </span>
    </label>
  )
}
