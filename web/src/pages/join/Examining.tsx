import type { JSX } from 'react'
import { Note } from '../../components/Note'
import type { Examination } from '../../wallet/useExamination'
import { joinWords } from '../../words/join'
import { SentSoFar } from './Sent'

interface Props {
  examination: Examination<'audited'> | Examination<'shrunken'>
  /** What the button that begins says. */
  label: string
  disabled: boolean
  /** What is said of a step and how many there are. */
  step: (number: number, total: number) => string
  onRun: () => void
  onCancel: () => void
}

/** Begins something that takes a while, shows how far it has come, and stops it. */
export function Examining({ examination, label, disabled, step, onRun, onCancel }: Props): JSX.Element {
  const text = joinWords.examine
  if (examination.state === 'running') {
    const at = examination.step
    return (
      <div className="grid justify-items-start gap-3" role="status">
        <progress className="meter w-full" max={at?.total ?? 1} value={at?.number ?? 0} aria-label={label} />
        <p className="text-ink-2">{at ? step(at.number, at.total) : text.working}</p>
        <button type="button" className="button" onClick={onCancel}>
          {text.stop}
        </button>
      </div>
    )
  }
  return (
    <>
      <button type="button" className="button" disabled={disabled} onClick={onRun}>
        {label}
      </button>
      {examination.state === 'done' && <SentSoFar />}
      {examination.state === 'failed' && <Note kind="bad">{text.failed(examination.reason)}</Note>}
    </>
  )
}
