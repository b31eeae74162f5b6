import { Link } from '@tanstack/react-router'
import type { JSX } from 'react'
import { Mark } from '../../components/Mark'
import { Note } from '../../components/Note'
import { withSymbol } from '../../market/amounts'
import { type Settling, settling } from '../../market/duty'
import { settleIntent } from '../../market/intents'
import { NeedsWallet } from '../../wallet/NeedsWallet'
import { useConsent } from '../../wallet/useConsent'
import { useMaking } from '../../wallet/useMaking'
import { intentWords } from '../../words/intents'
import { jobWords } from '../../words/job'
import { joinWords } from '../../words/join'
import type { StepProps } from './steps'

/** The end: settle what nobody has settled yet, and see what was paid. */
export function SettleStep(props: StepProps): JSX.Element {
  const { detail, token, me, now } = props
  const { job } = detail
  const reason = settling(detail, now)
  if (reason) {
    return (
      <NeedsWallet why={joinWords.join.needsWallet}>
        <Settle {...props} reason={reason} />
      </NeedsWallet>
    )
  }
  if (job.ending === null) return <Note kind="info" title={joinWords.settle.notYet} />
  const payout = me?.payout
  const total = payout ? BigInt(payout.pay) + BigInt(payout.stake) + BigInt(payout.compensation) : 0n
  return (
    <div className="mt-4 grid gap-4">
      <Note kind={total > 0n ? 'ok' : 'info'} title={jobWords.endings[job.ending] ?? job.ending}>
        {total > 0n && (
          <>
            {joinWords.settle.received(withSymbol(total, token))}{' '}
            <Mark
              fact={({ clients }) => clients.find((one) => one.client === me?.client)?.payout}
              notice="Settled"
              account={me?.client}
            />
          </>
        )}
      </Note>
      <Link to="/account" className="button justify-self-start">
        {joinWords.settle.toAccount}
      </Link>
    </div>
  )
}

function Settle({ detail, token, onDone, reason }: StepProps & { reason: Settling }): JSX.Element {
  const making = useMaking(token)
  const consent = useConsent(onDone)
  return (
    <div className="mt-4 grid gap-4">
      <p className="max-w-[58ch] text-ink-2">{joinWords.settle.intros[reason]}</p>
      <button
        type="button"
        className="button primary justify-self-start"
        disabled={!making}
        onClick={() => making && consent.ask(settleIntent(making, detail.job, reason))}
      >
        {intentWords.settle.deeds[reason]}
      </button>
      {consent.dialog}
    </div>
  )
}
