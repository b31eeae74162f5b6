import { type JSX, useState } from 'react'
import { parseUnits } from 'viem'
import { Field } from '../../components/Field'
import { Note } from '../../components/Note'
import { declareIntent } from '../../market/intents'
import { leastPayOf } from '../../market/leastPay'
import { ppmText, scoreText } from '../../market/scores'
import { timeText } from '../../market/times'
import type { Evaluation } from '../../python/protocol'
import { NeedsWallet } from '../../wallet/NeedsWallet'
import { useConsent } from '../../wallet/useConsent'
import { useMaking } from '../../wallet/useMaking'
import { useScore } from '../../wallet/useScore'
import { joinWords } from '../../words/join'
import { Command } from './Command'
import { KeptFile } from './KeptFile'
import { LeastPayChoice } from './LeastPayChoice'
import { Reopen } from './Reopen'
import type { StepProps } from './steps'

/** Score the sealed model on the revealed rows, and declare the number; it is never guessed. */
export function DeclareStep(props: StepProps): JSX.Element {
  const { detail, me, now } = props
  const { job } = detail
  if (now <= job.terms.holdoutUntil || job.dataCid === null) {
    return (
      <div className="mt-4 grid gap-5">
        <Note kind="info" title={joinWords.declare.notYet(timeText(job.terms.holdoutUntil))} />
        {me?.commitment && <KeptFile jobId={job.jobId} commitment={me.commitment} />}
      </div>
    )
  }
  if (me?.declared !== null && me?.declared !== undefined) {
    const shown = scoreText(me.declared, job.terms.metric)
    return (
      <div className="mt-4">
        <Note kind="ok" title={joinWords.declare.done(shown)} />
      </div>
    )
  }
  return (
    <NeedsWallet why={joinWords.join.needsWallet}>
      <Declare {...props} />
    </NeedsWallet>
  )
}

function Declare({ detail, token, me, onDone }: StepProps): JSX.Element {
  const { job } = detail
  const making = useMaking(token)
  const scoring = useScore(job, me?.commitment ?? undefined)
  const [score, setScore] = useState('')
  const [evaluation, setEvaluation] = useState<Evaluation>()
  const [chosen, setChosen] = useState<string>()
  const consent = useConsent(onDone)
  if (!me?.commitment) return <Note kind="info" title={joinWords.declare.nothingSealed} />
  const scoreHere = async () => {
    const found = await scoring.score()
    if (found === undefined) return
    setScore(String(found.credited))
    setEvaluation(found)
  }
  const ppm = /^-?\d{1,12}$/.test(score.trim()) ? Number(score.trim()) : undefined
  const least = ppm !== undefined && leastPayOf(job, ppm) === undefined ? '0' : chosen
  return (
    <div className="mt-4 grid gap-5">
      <p className="max-w-[58ch] text-ink-2">{joinWords.declare.intro}</p>
      <button
        type="button"
        className="button justify-self-start"
        aria-busy={scoring.busy}
        disabled={scoring.busy}
        onClick={scoreHere}
      >
        {scoring.busy ? joinWords.declare.busy : joinWords.declare.here}
      </button>
      {evaluation && (
        <Note kind={evaluation.credited > evaluation.baseline ? 'ok' : 'warn'}>
          {joinWords.declare.found(
            scoreText(evaluation.score, job.terms.metric),
            scoreText(evaluation.credited, job.terms.metric),
            scoreText(evaluation.baseline, job.terms.metric),
          )}
        </Note>
      )}
      {scoring.missing && <Reopen jobId={job.jobId} commitment={me.commitment} onOpened={scoreHere} />}
      {scoring.problem && <Note kind="warn">{scoring.problem}</Note>}
      <Command text={`deml score ${job.jobId} model.safetensors --json`} />
      <div className="grid max-w-sm gap-5">
        <Field
          label={joinWords.declare.score}
          inputMode="numeric"
          value={score}
          onChange={setScore}
          {...(score !== '' && ppm === undefined
            ? { problem: joinWords.declare.scoreHint(ppmText(job.terms.baseline)) }
            : {})}
          hint={
            ppm === undefined
              ? joinWords.declare.scoreHint(ppmText(job.terms.baseline))
              : joinWords.declare.reads(
                  scoreText(ppm, job.terms.metric),
                  scoreText(job.terms.baseline, job.terms.metric),
                )
          }
        />
      </div>
      <LeastPayChoice job={job} token={token} credited={ppm} chosen={chosen} onChoose={setChosen} />
      <button
        type="button"
        className="button primary justify-self-start"
        disabled={ppm === undefined || !making || least === undefined || !/^\d+(\.\d+)?$/.test(least)}
        onClick={() => {
          if (ppm === undefined || !making || least === undefined) return
          const shown = scoreText(ppm, job.terms.metric)
          consent.ask(declareIntent(making, job, ppm, shown, parseUnits(least, token.decimals)))
        }}
      >
        {joinWords.declare.deed}
      </button>
      {consent.dialog}
    </div>
  )
}
