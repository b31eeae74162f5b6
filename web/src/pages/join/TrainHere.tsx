import { useQuery } from '@tanstack/react-query'
import { type JSX, useId, useState } from 'react'
import { useSettings } from '../../app/context'
import { download } from '../../components/download'
import { FileDrop } from '../../components/FileDrop'
import { Note } from '../../components/Note'
import { fetchFile } from '../../files/fetch'
import { scoreText } from '../../market/scores'
import { MAX_SPEC_BYTES, parseSpec } from '../../market/spec'
import type { Job } from '../../market/types'
import { type Training, useTraining } from '../../wallet/useTraining'
import { words } from '../../words'
import { joinWords } from '../../words/join'
import { EpsilonScale } from './EpsilonScale'
import { Examine } from './Examine'
import { SentSoFar } from './Sent'
import { Curves, Progress } from './Training'

/** Chance that the promise of differential privacy fails, where a job does not say another. */
const DELTA = 1e-5

/** Gigabytes of a device from which on a browser keeps a tab that trains, more or less. */
const LITTLE_GB = 2

interface Props {
  job: Job
  /** Seal the file of the model that was made. */
  onSeal: (file: Uint8Array) => void
}

/** Train in this tab: choose a table, watch the score, seal what comes out. */
export function TrainHere({ job, onSeal }: Props): JSX.Element {
  const settings = useSettings()
  const { specCid, metric } = job.terms
  const spec = useQuery({
    queryKey: ['spec', specCid],
    queryFn: async () => parseSpec(await fetchFile(settings.gateways, specCid, MAX_SPEC_BYTES)),
    enabled: specCid !== '',
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  })
  const { training, train, cancel } = useTraining(job)
  const id = useId()
  const [wished, setWished] = useState<string>()
  if (specCid === '' || spec.isError) return <Note kind="info">{joinWords.train.noSpec}</Note>
  if (!spec.data) return <p className="text-ink-2">{words.loading}</p>
  const asked = spec.data.privacy
  const foreign = spec.data.trainer.kind === 'script'
  const text = wished ?? (asked ? String(asked.max_epsilon) : '')
  const epsilon = Number(text)
  const valid = text === '' || (Number.isFinite(epsilon) && epsilon > 0)
  const budget = text === '' ? null : { epsilon, delta: asked?.max_delta ?? DELTA }
  const memory = (navigator as { deviceMemory?: number }).deviceMemory
  const busy = training.state === 'loading' || training.state === 'running' || training.state === 'speaking'
  return (
    <div className="grid gap-4">
      <p className="max-w-[58ch] text-ink-2">{foreign ? joinWords.train.script : joinWords.train.intro}</p>
      {!foreign && (
        <div className="field max-w-sm">
          <label htmlFor={id}>{joinWords.train.epsilon}</label>
          <input
            id={id}
            className="input"
            inputMode="decimal"
            value={text}
            aria-invalid={!valid}
            onChange={(event) => setWished(event.target.value.trim())}
          />
          <p className="hint">{asked ? joinWords.train.asked(asked.max_epsilon) : joinWords.train.optional}</p>
        </div>
      )}
      {!foreign && !busy && valid && budget && <EpsilonScale {...budget} />}
      <p className="max-w-[58ch] text-13 text-ink-3">{joinWords.train.needs}</p>
      {memory !== undefined && memory <= LITTLE_GB && <Note kind="warn">{joinWords.train.little(memory)}</Note>}
      {busy ? (
        <Progress training={training} metric={metric} budget={foreign ? null : budget} onCancel={cancel} />
      ) : (
        <FileDrop
          label={joinWords.train.drop}
          accept=".csv,.parquet"
          onFile={(file) => valid && train(file, foreign ? null : budget)}
        />
      )}
      {training.state === 'failed' && <Note kind="bad">{joinWords.train.failed(training.reason)}</Note>}
      {training.state === 'done' && <Result job={job} done={training} foreign={foreign} onSeal={onSeal} />}
    </div>
  )
}

function Result(props: {
  job: Job
  done: Extract<Training, { state: 'done' }>
  foreign: boolean
  onSeal: (file: Uint8Array) => void
}): JSX.Element {
  const { job, done, foreign, onSeal } = props
  const { made } = done
  const shown = (score: number) => scoreText(score, job.terms.metric)
  return (
    <div className="grid gap-4">
      <Note kind={made.after === undefined || made.after > (made.before ?? made.after - 1) ? 'ok' : 'warn'}>
        <p>{joinWords.train.rows(done.given.rows, done.leftOut)}</p>
        {made.before !== undefined && made.after !== undefined && (
          <p>{joinWords.train.scores(shown(made.before), shown(made.after), made.validationRows)}</p>
        )}
        <p>{made.spent ? joinWords.train.spent(made.spent.epsilon, made.spent.delta) : joinWords.train.notPrivate}</p>
        {foreign && <p>{joinWords.train.stranger}</p>}
        {made.noRowAmong && <p>{joinWords.train.noRowAmong}</p>}
      </Note>
      <Curves epochs={done.epochs} metric={job.terms.metric} budget={made.spent ?? null} />
      <div className="flex flex-wrap gap-3">
        <button type="button" className="button primary" onClick={() => onSeal(made.file)}>
          {joinWords.train.seal}
        </button>
        <button
          type="button"
          className="button"
          onClick={() => download(new Blob([made.file.slice()]), `model-job-${job.jobId}.safetensors`)}
        >
          {joinWords.train.download}
        </button>
        <button
          type="button"
          className="button"
          onClick={() =>
            download(new Blob([made.record.slice()], { type: 'application/json' }), `training-job-${job.jobId}.json`)
          }
        >
          {joinWords.examine.downloadRecord}
        </button>
      </div>
      <p className="text-13 text-ink-3">{joinWords.examine.recordHint}</p>
      <SentSoFar />
      <details className="deeper">
        <summary>{joinWords.examine.title}</summary>
        <Examine job={job} subject={{ ...done.given, model: made.file, record: made.record }} onSeal={onSeal} />
      </details>
    </div>
  )
}
