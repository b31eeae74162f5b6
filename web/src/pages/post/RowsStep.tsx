import { type JSX, useState } from 'react'
import { Check } from '../../components/Check'
import { Field } from '../../components/Field'
import { FileDrop } from '../../components/FileDrop'
import { Findings } from '../../components/Findings'
import { Note } from '../../components/Note'
import { useTable } from '../../files/useTable'
import type { Checked } from '../../market/check'
import { architectureOf, confidenceOf, type Draft, dataOf, metricOf, placesOf, proposed } from '../../market/posting'
import { scoreText } from '../../market/scores'
import type { PythonEngine } from '../../python/engine'
import { messageOf } from '../../words'
import { postWords } from '../../words/post'
import { RowsChart } from './RowsChart'
import type { PostProps } from './steps'

/** The secret test rows: read here, scored here, and what so many of them can tell from luck. */
export function RowsStep({ draft, change, python }: PostProps & { python: PythonEngine['ask'] }): JSX.Element {
  const text = postWords.rows
  const table = useTable()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')
  const [checked, setChecked] = useState<Checked>()
  const { initial, holdout } = draft
  const metric = metricOf(draft)
  const architecture = architectureOf(draft)

  /** Score today's model on the rows, and say what so many can tell with these terms. */
  const measure = async (part: Partial<Draft>) => {
    const wanted = { ...draft, ...part }
    const [places, confidence] = [placesOf(wanted), confidenceOf(wanted)]
    change({ ...part, measured: undefined })
    if (!wanted.initial || !wanted.holdout || places === undefined || confidence === undefined) return
    setBusy(true)
    setProblem('')
    try {
      const [start, rows] = [wanted.initial.content, wanted.holdout.content]
      const terms = { architecture, metric, places, confidence }
      const measured = await python('measured', { ...terms, initial: start, holdout: rows })
      change({ measured, ...(wanted.target === '' ? proposed(measured, metric) : {}) })
    } catch (error) {
      setProblem(messageOf(error))
    } finally {
      setBusy(false)
    }
  }
  const take = async (file: File) => {
    setProblem('')
    const answer = await table.ask({ file, want: 'numbers', data: dataOf(draft) })
    setChecked('checked' in answer ? answer.checked : undefined)
    if (!('checked' in answer)) setProblem(postWords.data.unreadable)
    if (!('numbers' in answer)) return
    try {
      const content = await python('holdoutFile', { architecture, x: answer.numbers.x, y: answer.numbers.y })
      await measure({ holdout: { name: file.name, content }, target: '', mayPublish: false })
    } catch (error) {
      setProblem(messageOf(error))
    }
  }
  if (!initial) return <Note kind="info">{text.needs}</Note>
  return (
    <>
      <FileDrop
        label={holdout ? text.another : text.drop}
        accept=".csv,.parquet"
        busy={table.busy || busy}
        onFile={take}
      />
      {checked && !checked.fits && <Findings checked={checked} />}
      {busy && <p role="status">{text.busy}</p>}
      {problem && <Note kind="bad">{problem}</Note>}
      {holdout && (
        <div className="grid gap-4 table:grid-cols-2">
          <Field
            label={text.places}
            hint={text.placesHint}
            inputMode="numeric"
            value={draft.places}
            onChange={(value) => measure({ places: value })}
          />
          <Field
            label={text.confidence}
            hint={text.confidenceHint}
            inputMode="decimal"
            unit="%"
            value={draft.confidence}
            onChange={(value) => measure({ confidence: value })}
          />
        </div>
      )}
      {holdout && draft.measured && (
        <>
          <Note kind="ok">{text.measured(draft.measured.rows, scoreText(draft.measured.baseline, metric))}</Note>
          <RowsChart measured={draft.measured} metric={metric} places={placesOf(draft) ?? 1} />
          <Note kind="warn" title={text.willBePublic(draft.measured.rows)}>
            {text.willBePublicHint}
          </Note>
          <Check
            checked={draft.mayPublish}
            label={text.mayPublish(holdout.name)}
            onChange={(mayPublish) => change({ mayPublish })}
          />
        </>
      )}
    </>
  )
}
