import { Link } from '@tanstack/react-router'
import type { JSX } from 'react'
import { Note } from '../../components/Note'
import { withSymbol } from '../../market/amounts'
import { settleIntent } from '../../market/intents'
import { NeedsWallet } from '../../wallet/NeedsWallet'
import { useConsent } from '../../wallet/useConsent'
import { useMaking } from '../../wallet/useMaking'
import { words } from '../../words'
import type { StepProps } from './steps'

/** The end: settle what nobody has settled yet, and see what was paid. */
export function SettleStep(props: StepProps): JSX.Element {
  const { detail, token, me } = props
  const { job } = detail
  if (job.ending === null) {
    return (
      <NeedsWallet why={words.join.needsWallet}>
        <Settle {...props} />
      </NeedsWallet>
    )
  }
  const payout = me?.payout
  const total = payout ? BigInt(payout.pay) + BigInt(payout.stake) + BigInt(payout.compensation) : 0n
  return (
    <div className="mt-4 grid gap-4">
      <Note kind={total > 0n ? 'ok' : 'info'} title={words.endings[job.ending] ?? job.ending}>
        {total > 0n && words.settle.received(withSymbol(total, token))}
      </Note>
      <Link to="/account" className="button justify-self-start">
        {words.settle.toAccount}
      </Link>
    </div>
  )
}

function Settle({ detail, token, onDone }: StepProps): JSX.Element {
  const making = useMaking(token)
  const consent = useConsent(onDone)
  return (
    <div className="mt-4 grid gap-4">
      <p className="max-w-[58ch] text-ink-2">{words.settle.intro}</p>
      <button
        type="button"
        className="button primary justify-self-start"
        disabled={!making}
        onClick={() => making && consent.ask(settleIntent(making, detail.job))}
      >
        {words.intents.settle.deed}
      </button>
      {consent.dialog}
    </div>
  )
}
