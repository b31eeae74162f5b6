import { type JSX, useState } from 'react'
import { Choice } from '../../components/Choice'
import { Field } from '../../components/Field'
import { FileDrop } from '../../components/FileDrop'
import { Note } from '../../components/Note'
import { inputsOf } from '../../market/numbers'
import { architectureOf, type Draft, dataOf, metricOf, metricsOf, type Shape } from '../../market/posting'
import { metricName } from '../../market/scores'
import type { PythonEngine } from '../../python/engine'
import { messageOf } from '../../words'
import { postWords } from '../../words/post'
import type { PostProps } from './steps'

/** The model that clients start from: its shape, what it is measured by, and its file. */
export function ModelStep({ draft, change, python }: PostProps & { python: PythonEngine['ask'] }): JSX.Element {
  const text = postWords.model
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')
  const [notes, setNotes] = useState<string[]>([])
  const shaped = (part: Partial<Draft>) =>
    change({ ...part, initial: undefined, holdout: undefined, measured: undefined, mayPublish: false })
  const makeFresh = async () => {
    if (!draft.sample) return
    setBusy(true)
    setProblem('')
    try {
      const content = await python('freshModel', { architecture: architectureOf(draft), x: draft.sample })
      change({ initial: { name: text.freshName, content }, measured: undefined, holdout: undefined })
    } catch (error) {
      setProblem(messageOf(error))
    } finally {
      setBusy(false)
    }
  }
  const bring = async (file: File) => {
    setBusy(true)
    setProblem('')
    setNotes([])
    try {
      const content = new Uint8Array(await file.arrayBuffer())
      const anew = { measured: undefined, holdout: undefined, mayPublish: false } as const
      if (await python('fits', { architecture: architectureOf(draft), content })) {
        change({ initial: { name: file.name, content }, ...anew })
        return
      }
      const { mapping = {} } = dataOf(draft).label
      const columns = inputsOf(dataOf(draft))
      const made = await python('imported', { name: file.name, content, classes: mapping, columns })
      setNotes(made.notes)
      change({ shape: 'own', own: made.architecture, initial: { name: file.name, content: made.file }, ...anew })
    } catch (error) {
      setProblem(messageOf(error))
    } finally {
      setBusy(false)
    }
  }
  return (
    <>
      <div className="grid gap-4 table:grid-cols-2">
        <Choice
          label={text.shape}
          value={draft.shape}
          options={Object.entries(text.shapes)}
          onChange={(shape) => shaped({ shape: shape as Shape })}
        />
        <Choice
          label={text.metric}
          value={metricOf(draft)}
          options={metricsOf(draft).map((one) => [one, metricName(one)] as const)}
          onChange={(metric) => change({ metric, measured: undefined, holdout: undefined, mayPublish: false })}
        />
      </div>
      {draft.shape === 'network' && (
        <Field
          label={text.hidden}
          hint={text.hiddenHint}
          value={draft.hidden}
          onChange={(hidden) => shaped({ hidden })}
        />
      )}
      {draft.shape === 'own' && (
        <Field label={text.own} hint={text.ownHint} rows={4} value={draft.own} onChange={(own) => shaped({ own })} />
      )}
      <h2>{text.bring}</h2>
      <p className="text-14 text-ink-2">{text.kinds}</p>
      <FileDrop label={text.drop} accept=".safetensors,.json,.txt,.ubj" busy={busy} onFile={bring} />
      {draft.sample && draft.shape !== 'own' && (
        <div className="grid justify-items-start gap-2">
          <button type="button" className="button" aria-busy={busy} disabled={busy} onClick={makeFresh}>
            {text.fresh}
          </button>
          <p className="text-13 text-ink-3">{text.freshHint}</p>
        </div>
      )}
      {busy && <p role="status">{text.reading}</p>}
      {problem && <Note kind="bad">{problem}</Note>}
      {notes.map((one) => (
        <Note key={one} kind="warn">
          {one}
        </Note>
      ))}
      {draft.initial && <Note kind="ok">{text.made(draft.initial.name, draft.initial.content.length)}</Note>}
      <p className="text-13 text-ink-3">{text.public}</p>
    </>
  )
}
