import { type JSX, useId } from 'react'

/** A labelled list of which one is chosen. */
export function Choice(props: {
  label: string
  value: string
  options: readonly (readonly [value: string, name: string])[]
  onChange: (value: string) => void
  /** As small as the filters of the market. */
  small?: boolean
}): JSX.Element {
  const { label, value, options, onChange, small = false } = props
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id} className={small ? 'label' : undefined}>
        {label}
      </label>
      <select
        id={id}
        className={small ? 'input min-h-10 text-14' : 'input'}
        value={value}
        onChange={(event) => onChange(event.target.value)}
      >
        {options.map(([one, name]) => (
          <option key={one} value={one}>
            {name}
          </option>
        ))}
      </select>
    </div>
  )
}
