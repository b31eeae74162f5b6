import { Link } from '@tanstack/react-router'
import type { JSX } from 'react'
import { useAppSearch, useSettings } from '../app/context'
import { amountText, type Token, withSymbol } from '../market/amounts'
import { calendarOf, type Deadline } from '../market/calendar'
import type { OwnJob } from '../market/own'
import { nextDeadline } from '../market/phases'
import { durationText, timeText } from '../market/times'
import { words } from '../words'
import { accountWords } from '../words/account'
import { dutyWords } from '../words/duty'
import { provenDuty } from './DueCard'
import { download } from './download'
import { Foreign } from './Foreign'
import { Icon } from './Icon'
import { Mark, Proves } from './Mark'

/** What is next in the jobs that are open, by time: what it is worth, what happens otherwise, and the way there. */
export function NextSteps({ jobs, now, token }: { jobs: OwnJob[]; now: number; token: Token }): JSX.Element {
  const { appAddress } = useSettings()
  const dated = jobs
    .filter((one) => one.detail.job.ending === null)
    .map((own) => ({ own, at: own.duty.by ?? nextDeadline(own.detail.job, now) }))
    .sort((a, b) => (a.at ?? Number.MAX_SAFE_INTEGER) - (b.at ?? Number.MAX_SAFE_INTEGER))
  const entries = dated.flatMap(({ own, at }): Deadline[] =>
    at === null
      ? []
      : [
          {
            at,
            of: `${appAddress}-${own.detail.job.jobId}`,
            what: accountWords.deadline(dutyWords[own.duty.kind].title, own.detail.job.jobId),
          },
        ],
  )
  return (
    <section className="mt-10">
      <div className="mb-2 flex flex-wrap items-baseline justify-between gap-3">
        <h2>{accountWords.next}</h2>
        {entries.length > 0 && (
          <button
            type="button"
            className="button small"
            onClick={() =>
              download(new Blob([calendarOf(entries, new Date())], { type: 'text/calendar' }), 'deml-deadlines.ics')
            }
          >
            <Icon name="calendar" /> {accountWords.calendar}
          </button>
        )}
      </div>
      {dated.length === 0 && <p className="text-14 text-ink-2">{accountWords.nothingDue}</p>}
      <ul>
        {dated.map(({ own, at }) => (
          <Proves key={own.detail.job.jobId} detail={own.detail}>
            <Row own={own} at={at} now={now} token={token} />
          </Proves>
        ))}
      </ul>
    </section>
  )
}

function Row({ own, at, now, token }: { own: OwnJob; at: number | null; now: number; token: Token }): JSX.Element {
  const { detail, duty } = own
  const { jobId, terms } = detail.job
  const { title, deed, text } = dutyWords[duty.kind]
  const params = { jobId: String(jobId) }
  const search = useAppSearch()
  const values = {
    by: at === null ? '' : timeText(at),
    left: at === null ? '' : durationText(at - now),
    stake: duty.stake === undefined ? '' : withSymbol(duty.stake, token),
  }
  return (
    <li className="grid items-center gap-x-4 gap-y-2 border-t border-line py-4 text-14 first:border-t-0 table:grid-cols-[9rem_minmax(0,1fr)_auto]">
      {at === null ? (
        <span className="text-ink-3">{accountWords.anyTime}</span>
      ) : (
        <time dateTime={new Date(at * 1000).toISOString()}>
          <b className="block text-16 font-semibold">{durationText(at - now)}</b>
          <span className="text-ink-3">{timeText(at)}</span>
        </time>
      )}
      <span>
        <Link to="/jobs/$jobId" params={params} search={search} className="font-semibold">
          <Foreign text={terms.title} />
        </Link>
        <span className="block text-ink-2">
          {title}
          {duty.amount !== undefined && `: ${amountText(duty.amount, token)} ${token.symbol}`}. {text(values)}{' '}
          <Mark {...provenDuty(own)} />
        </span>
      </span>
      {duty.to && duty.tone === 'act' ? (
        <Link to={duty.to} params={params} search={search} className="button small">
          {deed}
        </Link>
      ) : (
        <span className="tag wait">{words.titles.waiting}</span>
      )}
    </li>
  )
}
