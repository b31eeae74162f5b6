import { Link } from '@tanstack/react-router'
import type { JSX } from 'react'
import { useAccount } from 'wagmi'
import { amountText, type Token } from '../market/amounts'
import { type Duty, dutyOf } from '../market/duty'
import { durationText, timeText } from '../market/times'
import type { Client, JobDetail } from '../market/types'
import { dutyWords } from '../words/duty'
import { jobWords } from '../words/job'
import { Amount } from './Amount'
import { Mark } from './Mark'

/** One's own part in a job: what is due, by when, what it is worth, and one button. */
export function DueCard(props: { detail: JobDetail; me: Client | undefined; token: Token; now: number }): JSX.Element {
  const { detail, me, token, now } = props
  const { address } = useAccount()
  const duty = dutyOf(detail, address, me, now)
  const text = dutyWords[duty.kind]
  return (
    <aside className="due" data-kind={duty.tone} aria-label={jobWords.page.part}>
      <p className="label">{text.title}</p>
      {duty.amount !== undefined && (
        <p className="text-36 font-semibold tracking-tight">
          <Amount value={duty.amount} token={token} />{' '}
          <small className="text-16 font-medium text-ink-2">{token.symbol}</small>{' '}
          {me && <Mark {...provenDuty({ me, duty })} />}
        </p>
      )}
      <p className="text-14">
        {sentence(duty, token, now)}{' '}
        {duty.amount === undefined && duty.by !== undefined && <Mark {...provenDuty({ me, duty })} />}
      </p>
      {duty.to && (
        <Link to={duty.to} params={{ jobId: String(detail.job.jobId) }} className="button primary w-full">
          {text.deed}
        </Link>
      )}
    </aside>
  )
}

/** What proves what is due, by when, and at which stake: what a client is due or was paid, and the windows. */
export function provenDuty({ me, duty }: { me: Client | undefined; duty: Duty }): Parameters<typeof Mark>[0] {
  const { kind } = duty
  return {
    fact: ({ job, clients }) => {
      const { stake, commitUntil, holdoutUntil, declareUntil, submitUntil } = job.terms
      const found = clients.find((one) => one.client === me?.client)
      const { due, payout, standing } = found ?? {}
      return [due, payout, standing, stake, commitUntil, holdoutUntil, declareUntil, submitUntil, job.roundUntil]
    },
    notice:
      !me || duty.amount === undefined
        ? 'JobCreated'
        : kind === 'paid' || kind === 'refunded'
          ? 'Settled'
          : 'DuesFixed',
    account: me?.client,
  }
}

function sentence(duty: Duty, token: Token, now: number): string {
  const by = duty.by === undefined ? '' : timeText(duty.by)
  const left = duty.by === undefined ? '' : durationText(duty.by - now)
  const stake = duty.stake === undefined ? '' : `${amountText(duty.stake, token)} ${token.symbol}`
  return dutyWords[duty.kind].text({ by, left, stake })
}
