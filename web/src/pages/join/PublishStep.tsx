import { type JSX, useState } from 'react'
import { useAccount } from 'wagmi'
import { Mark } from '../../components/Mark'
import { Note } from '../../components/Note'
import { streamOf } from '../../files/stream'
import { amountText } from '../../market/amounts'
import { submitIntent } from '../../market/intents'
import { isVerified } from '../../market/phases'
import { NeedsWallet } from '../../wallet/NeedsWallet'
import { useConsent } from '../../wallet/useConsent'
import { useMaking } from '../../wallet/useMaking'
import { type Sealed, useSeal } from '../../wallet/useSeal'
import { joinWords } from '../../words/join'
import { Reopen } from './Reopen'
import type { StepProps } from './steps'

interface PublishProps extends StepProps {
  /** The model has been sent, and is public from now on. */
  onPublished: (model: Uint8Array) => void
}

/** Publish the sealed model: only who is due does, and nobody else ever needs to. */
export function PublishStep(props: PublishProps): JSX.Element {
  const { me } = props
  if (me && isVerified(me)) return <Said kind="ok" text={joinWords.publish.verified} />
  if (me?.standing !== 'due') return <Said kind="info" text={joinWords.publish.notDue} />
  return (
    <NeedsWallet why={joinWords.join.needsWallet}>
      <Publish {...props} />
    </NeedsWallet>
  )
}

function Said({ kind, text }: { kind: 'ok' | 'info'; text: string }): JSX.Element {
  return (
    <div className="mt-4">
      <Note kind={kind} title={text} />
    </div>
  )
}

function Publish({ detail, token, me, onDone, onPublished }: PublishProps): JSX.Element {
  const { job } = detail
  const { address } = useAccount()
  const making = useMaking(token)
  const { unseal } = useSeal(job.jobId)
  const [published, setPublished] = useState<Sealed>()
  const consent = useConsent(() => {
    if (published) onPublished(published.kept.content)
    onDone()
  })
  const [missing, setMissing] = useState(false)
  const [problem, setProblem] = useState('')
  const pay = BigInt(me?.due ?? 0)
  const publish = async (sealed: Sealed) => {
    if (!making || !address) return
    const { pack } = await import('../../files/ipfs')
    const stream = streamOf((await pack(sealed.kept.content)).car)
    setPublished(sealed)
    const delivery = { modelCid: sealed.kept.cid, salt: sealed.salt, stream }
    consent.ask(submitIntent(making, detail, address, pay, delivery))
  }
  const review = async () => {
    if (!me?.commitment) return
    setProblem('')
    try {
      const sealed = await unseal(me.commitment)
      if (sealed) await publish(sealed)
      else setMissing(true)
    } catch {
      setProblem(joinWords.seal.notSigned)
    }
  }
  return (
    <div className="mt-4 grid gap-5">
      <p className="max-w-[58ch] text-ink-2">
        {joinWords.publish.intro(`${amountText(pay, token)} ${token.symbol}`)}{' '}
        <Mark
          fact={({ clients }) => clients.find((one) => one.client === me?.client)?.due}
          notice="DuesFixed"
          account={me?.client}
        />
      </p>
      {!missing && (
        <button type="button" className="button primary justify-self-start" disabled={!making} onClick={review}>
          {joinWords.publish.review}
        </button>
      )}
      {missing && me?.commitment && (
        <Reopen
          jobId={job.jobId}
          commitment={me.commitment}
          onOpened={(sealed) => {
            setMissing(false)
            void publish(sealed)
          }}
        />
      )}
      {problem && <Note kind="bad">{problem}</Note>}
      {consent.dialog}
    </div>
  )
}
