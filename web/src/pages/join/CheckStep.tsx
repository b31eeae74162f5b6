import { useQuery } from '@tanstack/react-query'
import { type JSX, useState } from 'react'
import { useSettings } from '../../app/context'
import { FileDrop } from '../../components/FileDrop'
import { Findings } from '../../components/Findings'
import { Foreign } from '../../components/Foreign'
import { Note } from '../../components/Note'
import { fetchFile } from '../../files/fetch'
import type { Answered } from '../../files/tableWorker'
import { useTable } from '../../files/useTable'
import { MAX_SPEC_BYTES, parseSpec, type Spec } from '../../market/spec'
import { words } from '../../words'
import { joinWords } from '../../words/join'
import type { StepProps } from './steps'

/** Compare one's own table with what the job asks for, before any money; nothing is sent. */
export function CheckStep(props: Omit<StepProps, 'onDone'> & { onGo: () => void }): JSX.Element {
  const { detail, onGo } = props
  const settings = useSettings()
  const { specCid } = detail.job.terms
  const spec = useQuery({
    queryKey: ['spec', specCid],
    queryFn: async () => parseSpec(await fetchFile(settings.gateways, specCid, MAX_SPEC_BYTES)),
    enabled: specCid !== '',
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  if (specCid === '') return <Unspecified onGo={onGo} text={joinWords.check.noSpec} />
  if (spec.isError) return <Unspecified onGo={onGo} text={joinWords.check.specLost(spec.error.message)} />
  if (!spec.data) return <p className="mt-4 text-ink-2">{words.loading}</p>
  return <Check spec={spec.data} onGo={onGo} />
}

function Unspecified({ text, onGo }: { text: string; onGo: () => void }): JSX.Element {
  return (
    <div className="mt-4 grid gap-4">
      <Note kind="warn">{text}</Note>
      <button type="button" className="button justify-self-start" onClick={onGo}>
        {joinWords.check.goOn}
      </button>
    </div>
  )
}

function Check({ spec, onGo }: { spec: Spec; onGo: () => void }): JSX.Element {
  const [answer, setAnswer] = useState<Answered>()
  const table = useTable()
  const check = async (file: File) => setAnswer(await table.ask({ file, want: 'check', data: spec.data }))
  return (
    <div className="mt-4 grid gap-5">
      <p className="max-w-[58ch] text-ink-2">{joinWords.check.intro}</p>
      <Columns spec={spec} />
      <FileDrop label={joinWords.check.drop} accept=".csv,.parquet" busy={table.busy} onFile={check} />
      {answer && <Result answer={answer} onGo={onGo} />}
      {answer && (
        <p className="text-13 text-ink-3" role="status">
          {joinWords.check.sent(answer.requests)}
        </p>
      )}
    </div>
  )
}

function Columns({ spec }: { spec: Spec }): JSX.Element {
  return (
    <details className="deeper">
      <summary>{joinWords.check.columns(spec.data.columns.length)}</summary>
      <table className="table stackable mt-2">
        <thead>
          <tr>
            <th scope="col">{joinWords.check.column}</th>
            <th scope="col">{joinWords.check.type}</th>
            <th scope="col">{joinWords.check.range}</th>
          </tr>
        </thead>
        <tbody>
          {spec.data.columns.map((one) => (
            <tr key={one.name}>
              <td>
                <Foreign text={one.name} />{' '}
                {one.name === spec.data.label.column && <span className="pill">{joinWords.check.label}</span>}
              </td>
              <td data-label={joinWords.check.type}>
                {[joinWords.check.kinds[one.type], one.unit].filter(Boolean).join(', ')}
              </td>
              <td data-label={joinWords.check.range}>
                <Foreign
                  text={
                    one.categories?.join(', ') ??
                    [one.minimum, one.maximum].filter((edge) => edge !== undefined).join(' to ')
                  }
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}

function Result({ answer, onGo }: { answer: Answered; onGo: () => void }): JSX.Element {
  if (!('checked' in answer)) return <Note kind="bad" title={joinWords.check.unreadable} />
  const { checked } = answer
  if (checked.fits) {
    return (
      <>
        <Note kind="ok" title={joinWords.check.fits(checked.rows)}>
          {checked.spare.length > 0 && joinWords.check.spare(checked.spare.length)}
        </Note>
        <button type="button" className="button primary justify-self-start" onClick={onGo}>
          {joinWords.check.goOn}
        </button>
      </>
    )
  }
  return <Findings checked={checked} />
}
