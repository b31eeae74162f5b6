import { type JSX, useId } from 'react'

export interface FieldProps {
  label: string
  value: string
  onChange: (value: string) => void
  hint?: string
  /** What is wrong with the value; said in place of the hint. */
  problem?: string | undefined
  /** Shown behind the value: "DEV", "%". */
  unit?: string
  inputMode?: 'text' | 'numeric' | 'decimal'
  rows?: number
}

/** A labelled field of text, with what it means or what is wrong with it below. */
export function Field(props: FieldProps): JSX.Element {
  const { label, value, onChange, hint, problem, unit, inputMode = 'text', rows } = props
  const id = useId()
  const said = problem ?? hint
  const common = {
    id,
    className: 'input',
    value,
    'aria-invalid': problem !== undefined,
    'aria-describedby': said ? `${id}-said` : undefined,
  }
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="flex items-center gap-2">
        {rows === undefined ? (
          <input {...common} inputMode={inputMode} onChange={(event) => onChange(event.target.value)} />
        ) : (
          <textarea {...common} rows={rows} onChange={(event) => onChange(event.target.value)} />
        )}
        {unit && <span className="text-14 text-ink-2">{unit}</span>}
      </div>
      {said && (
        <p id={`${id}-said`} className={problem ? 'hint text-bad!' : 'hint'}>
          {said}
        </p>
      )}
    </div>
  )
}
