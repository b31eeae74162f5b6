import type { JSX, ReactNode } from 'react'
import { words } from '../words'

/** Steps of a way: one open, those before it done; a line on phones. */
export function Steps<N extends string>(props: {
  label: string
  names: Record<N, string>
  steps: readonly N[]
  open: N
  /** The step that is due; those before it are done. */
  due: N
  onChoose: (step: N) => void
  above?: ReactNode
}): JSX.Element {
  const { label, names, steps, open, due, onChoose, above } = props
  const at = steps.indexOf(open)
  return (
    <nav aria-label={label} className="text-14 wide:sticky wide:top-6">
      {above}
      <p className="mb-2 flex items-center gap-3 text-13 text-ink-3 wide:hidden">
        <span>{words.stepOf(at + 1, steps.length)}</span>
        <progress className="meter" max={steps.length} value={at + 1} aria-label={names[open]} />
      </p>
      <ol className="max-wide:flex max-wide:flex-wrap max-wide:gap-x-4 max-table:gap-x-2">
        {steps.map((name, index) => {
          const done = steps.indexOf(due) > index
          const ring =
            name === open ? 'border-accent bg-accent text-on-accent' : done ? 'border-ok text-ok' : 'border-line'
          return (
            <li key={name}>
              <button
                type="button"
                aria-current={name === open ? 'step' : undefined}
                className="relative flex min-h-9 items-center gap-3 py-1.5 max-table:gap-2 text-left text-ink-3 hover:text-ink aria-[current=step]:font-semibold aria-[current=step]:text-ink"
                onClick={() => onChoose(name)}
              >
                <span
                  className={`grid size-6 flex-none place-items-center rounded-full border-[1.5px] text-12 font-semibold ${ring}`}
                >
                  {done && name !== open ? '✓' : index + 1}
                </span>
                <span className={name === open ? undefined : 'max-table:sr-only'}>{names[name]}</span>
              </button>
            </li>
          )
        })}
      </ol>
    </nav>
  )
}
