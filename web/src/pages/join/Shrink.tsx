import { type JSX, useState } from 'react'
import { download } from '../../components/download'
import { Field } from '../../components/Field'
import { Note } from '../../components/Note'
import { scoreText } from '../../market/scores'
import type { Job } from '../../market/types'
import type { Examined, Shrunken } from '../../python/protocol'
import { useExamination } from '../../wallet/useExamination'
import { joinWords } from '../../words/join'
import { Examining } from './Examining'

/** Find the smallest file of a model; what comes of it can be sealed in its place. */
export function Shrink(props: { job: Job; asked: Examined; onSeal: (file: Uint8Array) => void }): JSX.Element {
  const { job, asked, onSeal } = props
  const { examination, run, cancel } = useExamination('shrunken')
  const [wished, setWished] = useState('0.002')
  const loss = Number(wished)
  const valid = wished !== '' && loss >= 0 && loss <= 1
  const text = joinWords.examine
  return (
    <div className="grid justify-items-start gap-3">
      <Field
        label={text.loss}
        inputMode="decimal"
        value={wished}
        onChange={(value) => setWished(value.trim())}
        hint={text.lossHint}
        {...(valid ? {} : { problem: text.lossBad })}
      />
      <Examining
        examination={examination}
        label={text.shrink}
        disabled={!valid}
        step={text.tried}
        onRun={() => run({ ...asked, loss })}
        onCancel={cancel}
      />
      {examination.state === 'done' && <Found job={job} found={examination.found} onSeal={onSeal} />}
    </div>
  )
}

function Found(props: { job: Job; found: Shrunken; onSeal: (file: Uint8Array) => void }): JSX.Element {
  const { job, found, onSeal } = props
  const text = joinWords.examine
  const shown = (score: number) => scoreText(score, job.terms.metric)
  return (
    <>
      <Note kind="ok" title={text.shrunk(found.encoding, found.packed, found.packedBefore)}>
        {text.scores(found.rows, shown(found.score), shown(found.scoreBefore))}
      </Note>
      <div className="flex flex-wrap gap-3">
        <button type="button" className="button" onClick={() => onSeal(found.file)}>
          {text.sealSmall}
        </button>
        <button
          type="button"
          className="button"
          onClick={() => download(new Blob([found.file.slice()]), `small-job-${job.jobId}.safetensors`)}
        >
          {text.downloadSmall}
        </button>
      </div>
    </>
  )
}
