import { Link } from '@tanstack/react-router'
import type { JSX } from 'react'
import { useAccount } from 'wagmi'
import type { Token } from '../market/amounts'
import { aggregateIntent, cancelIntent, continueIntent } from '../market/intents'
import { stepAt } from '../market/phases'
import type { JobDetail } from '../market/types'
import { useConsent } from '../wallet/useConsent'
import { useMaking } from '../wallet/useMaking'
import { sponsorWords } from '../words/post'
import { AddressText } from './AddressText'
import { Mark } from './Mark'
import { TopUp } from './TopUp'

/** What a sponsor may do beside what is due: raise the reward, cancel, and post the next round. */
export function SponsorPanel(props: { detail: JobDetail; token: Token; now: number }): JSX.Element | null {
  const { detail, token, now } = props
  const { job } = detail
  const { address } = useAccount()
  const making = useMaking(token)
  const consent = useConsent()
  if (address?.toLowerCase() !== job.sponsor.toLowerCase()) return null
  const { step, over } = stepAt(job, now)
  const cancels = step === 'join' && !over && job.participants === 0
  return (
    <div className="grid gap-3">
      {step === 'join' && !over && <TopUp job={job} token={token} />}
      <div className="flex flex-wrap gap-2">
        {cancels && (
          <button
            type="button"
            className="button"
            disabled={!making}
            onClick={() => making && consent.ask(cancelIntent(making, job))}
          >
            {sponsorWords.cancel}
          </button>
        )}
        {over && (
          <Link to="/post" search={{ from: job.jobId }} className="button">
            {sponsorWords.next}
          </Link>
        )}
      </div>
      {consent.dialog}
    </div>
  )
}

/** Models that are being scored in more than one input; anybody may let it go on. */
export function Scorings({ detail, token }: { detail: JobDetail; token: Token }): JSX.Element | null {
  const { address } = useAccount()
  const making = useMaking(token)
  const consent = useConsent()
  if (detail.scorings.length === 0) return null
  return (
    <div className="mb-6 rounded-control bg-well px-4 py-3">
      <p className="mb-2 max-w-[68ch] text-14 text-ink-2">{sponsorWords.scoringWhy}</p>
      <ul className="grid gap-2">
        {detail.scorings.map((one) => (
          <li key={one.client} className="flex flex-wrap items-center gap-3 text-14">
            <span className="flex items-center gap-2">
              {one.client === detail.job.sponsor ? sponsorWords.scoringToday : <AddressText value={one.client} />}
            </span>
            <progress
              className="meter min-w-24 max-w-64"
              max={one.rows}
              value={one.rowsDone}
              aria-label={sponsorWords.scoringBar}
            />
            {sponsorWords.scoringOf(one.rowsDone, one.rows)}
            <Mark
              fact={({ scorings }) => scorings.find((other) => other.client === one.client)}
              notice="Scoring"
              account={one.client}
            />
            {address && (
              <button
                type="button"
                className="button small"
                disabled={!making}
                onClick={() => making && consent.ask(continueIntent(making, detail.job, one.client))}
              >
                {sponsorWords.continue}
              </button>
            )}
          </li>
        ))}
      </ul>
      {consent.dialog}
    </div>
  )
}

/** Anybody may have the average of the paid models made, where the terms ask for one. */
export function Averaging({
  detail,
  token,
  now,
}: {
  detail: JobDetail
  token: Token
  now: number
}): JSX.Element | null {
  const { job } = detail
  const { address } = useAccount()
  const making = useMaking(token)
  const consent = useConsent()
  const { average } = job
  if (!address || average === null || average.score !== null || now > average.until) return null
  return (
    <p className="mt-3">
      <button
        type="button"
        className="button small"
        disabled={!making}
        onClick={() => making && consent.ask(aggregateIntent(making, job))}
      >
        {sponsorWords.average}
      </button>
      {consent.dialog}
    </p>
  )
}
