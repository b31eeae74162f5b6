import { type JSX, useState } from 'react'
import { FileDrop } from '../../components/FileDrop'
import { Note } from '../../components/Note'
import { commitIntent } from '../../market/intents'
import { NeedsWallet } from '../../wallet/NeedsWallet'
import { useConsent } from '../../wallet/useConsent'
import { useMaking } from '../../wallet/useMaking'
import { useSeal } from '../../wallet/useSeal'
import { joinWords } from '../../words/join'
import { Command } from './Command'
import { ExamineOwn } from './Examine'
import { KeptFile } from './KeptFile'
import type { StepProps } from './steps'
import { TrainHere } from './TrainHere'

/** Train here, or bring the file of a model that was trained elsewhere, and send a hash of it. */
export function SealStep(props: StepProps): JSX.Element {
  return (
    <NeedsWallet why={joinWords.join.needsWallet}>
      <Seal {...props} />
    </NeedsWallet>
  )
}

function Seal({ detail, token, me, onDone }: StepProps): JSX.Element {
  const { job } = detail
  const making = useMaking(token)
  const { seal } = useSeal(job.jobId)
  const consent = useConsent(onDone)
  const [problem, setProblem] = useState('')
  const take = async (name: string, content: Uint8Array) => {
    setProblem('')
    if (!making) return
    if (content.length > job.terms.maxModelBytes) {
      setProblem(joinWords.seal.tooLarge(content.length, job.terms.maxModelBytes))
      return
    }
    try {
      const made = await seal(name, content)
      consent.ask(commitIntent(making, job, made.commitment))
    } catch {
      setProblem(joinWords.seal.notSigned)
    }
  }
  const takeMade = (file: Uint8Array) => take(`model-job-${job.jobId}.safetensors`, file)
  return (
    <div className="mt-4 grid gap-5">
      {me?.commitment && <Note kind="ok" title={joinWords.seal.sealed} />}
      {me?.commitment && <KeptFile jobId={job.jobId} commitment={me.commitment} />}
      <TrainHere job={job} onSeal={takeMade} />
      <details className="deeper">
        <summary>{joinWords.seal.elsewhere}</summary>
        <div className="mt-3 grid gap-4">
          <p className="max-w-[58ch] text-ink-2">{joinWords.seal.train}</p>
          <Command text={`deml train ${job.jobId} --data my.csv --out model.safetensors`} />
          <FileDrop
            label={joinWords.seal.drop}
            accept=".safetensors"
            onFile={async (file) => take(file.name, new Uint8Array(await file.arrayBuffer()))}
          />
        </div>
      </details>
      <details className="deeper">
        <summary>{joinWords.examine.own}</summary>
        <ExamineOwn job={job} onSeal={takeMade} />
      </details>
      <p className="text-13 text-ink-3">{joinWords.seal.signs}</p>
      {problem && <Note kind="bad">{problem}</Note>}
      {consent.dialog}
    </div>
  )
}
