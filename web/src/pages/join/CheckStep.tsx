import { type JSX, useState } from 'react'
import { Columns } from '../../components/Columns'
import { FileDrop } from '../../components/FileDrop'
import { Findings } from '../../components/Findings'
import { Note } from '../../components/Note'
import type { Answered } from '../../files/tableWorker'
import { useTable } from '../../files/useTable'
import type { Spec } from '../../market/spec'
import { useSpec } from '../../market/useSpec'
import { words } from '../../words'
import { joinWords } from '../../words/join'
import { SentSoFar } from './Sent'
import type { StepProps } from './steps'

/** Compare one's own table with what the job asks for, before any money; nothing is sent. */
export function CheckStep(props: Omit<StepProps, 'onDone'> & { onGo: () => void }): JSX.Element {
  const { detail, onGo } = props
  const { specCid } = detail.job.terms
  const spec = useSpec(specCid)
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
        <div role="status">
          <SentSoFar />
        </div>
      )}
    </div>
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
