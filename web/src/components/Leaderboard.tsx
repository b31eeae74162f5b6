import { type JSX, useState } from 'react'
import { useAccount } from 'wagmi'
import { amountText, type Token } from '../market/amounts'
import { luckOf, rangeOf } from '../market/luck'
import { scoreText } from '../market/scores'
import type { Client, JobDetail } from '../market/types'
import { type WhyNot, whyNot } from '../market/whyNot'
import { jobWords } from '../words/job'
import { AddressText } from './AddressText'
import { targetOf } from './JobRow'
import { Mark } from './Mark'
import { ScoreBar } from './ScoreBar'
import { useWide } from './wide'

/** Shape of the tag of each standing. */
const TAGS: Record<string, string> = {
  due: 'open',
  scoring: 'wait',
  committed: 'wait',
  declared: 'wait',
  verified: 'ok',
  paid: 'ok',
  refuted: 'bad',
  failed: 'bad',
}

/** Rows shown before somebody asks for all of them, and on a phone, where a row is a block of its own. */
const FIRST = 12
const FIRST_ON_PHONES = 4

/** Which columns say something. */
interface Columns {
  declared: boolean
  verified: boolean
  dues: boolean
  payouts: boolean
}

/** Who declared what, is due, was paid, failed, and why; in the order of the seals, which decides. */
export function Leaderboard({ detail, token }: { detail: JobDetail; token: Token }): JSX.Element {
  const { job, clients } = detail
  const { columns } = jobWords.page
  const [whole, setWhole] = useState(false)
  const wide = useWide()
  const shownFirst = whole ? clients.length : wide ? FIRST : FIRST_ON_PHONES
  const rows = [...clients].sort((a, b) => (a.order ?? Number.MAX_SAFE_INTEGER) - (b.order ?? Number.MAX_SAFE_INTEGER))
  if (rows.length === 0) {
    return <p className="text-14 text-ink-2">{job.ending ? jobWords.page.nobody : jobWords.page.nobodyYet}</p>
  }
  const shown: Columns = {
    declared: rows.some((one) => one.declared !== null),
    verified: rows.some((one) => one.score !== null),
    dues: rows.some((one) => one.due !== null),
    payouts: rows.some((one) => one.payout !== null),
  }
  const axis = axisOf(detail)
  return (
    <>
      {!shown.declared && job.ending === null && <p className="mb-3 text-14 text-ink-2">{jobWords.page.noScores}</p>}
      {shown.declared && <Legend />}
      <table className="table stackable clients">
        <thead>
          <tr>
            <th scope="col">{columns.order}</th>
            <th scope="col">{columns.client}</th>
            {shown.declared && (
              <th scope="col" className="number">
                {columns.declared}
              </th>
            )}
            {shown.declared && <th scope="col">{columns.bar}</th>}
            {shown.verified && (
              <th scope="col" className="number">
                {columns.verified}
              </th>
            )}
            {shown.dues && (
              <th scope="col" className="number">
                {columns.due}
              </th>
            )}
            {shown.payouts && (
              <th scope="col" className="number">
                {columns.paid}
              </th>
            )}
            <th scope="col">{columns.standing}</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, shownFirst).map((one) => (
            <Row key={one.client} one={one} detail={detail} token={token} shown={shown} axis={axis} />
          ))}
        </tbody>
      </table>
      {rows.length > shownFirst && (
        <button type="button" className="button small mt-3" onClick={() => setWhole(true)}>
          {jobWords.page.all(rows.length)}
        </button>
      )}
    </>
  )
}

/** The same scale for all rows: from today's model, or the worst score, to the target, or the best. */
function axisOf({ job, clients }: JobDetail): [number, number] {
  const { baseline } = job.terms
  const scores = clients.flatMap((one) => [one.declared ?? baseline, one.score ?? baseline])
  const values = [baseline, targetOf(job) ?? baseline, ...scores]
  return [Math.min(...values), Math.max(...values)]
}

/** What the bars' marks mean. */
function Legend(): JSX.Element {
  const { legend } = jobWords.page
  return (
    <ul className="score-bar mb-3 flex h-auto! flex-wrap justify-end gap-x-5 gap-y-1 text-12 text-ink-2 max-table:justify-start">
      <li className="flex items-center gap-2">
        <svg width="16" height="12" aria-hidden="true">
          <rect className="luck" width="16" height="12" fill="url(#hatch)" />
        </svg>
        {legend.luck}
      </li>
      <li className="flex items-center gap-2">
        <svg width="28" height="12" aria-hidden="true">
          <line className="range" x1="0" x2="28" y1="6" y2="6" />
          <circle className="dot" cx="14" cy="6" r="4.5" />
        </svg>
        {legend.range}
      </li>
      {(['today', 'target'] as const).map((one) => (
        <li key={one} className="flex items-center gap-2">
          <svg width="6" height="12" aria-hidden="true">
            <line className={one} x1="3" x2="3" y1="0" y2="12" />
          </svg>
          {legend[one]}
        </li>
      ))}
    </ul>
  )
}

function Row(props: {
  one: Client
  detail: JobDetail
  token: Token
  shown: Columns
  axis: readonly [number, number]
}): JSX.Element {
  const { one, detail, token, shown, axis } = props
  const { job } = detail
  const { terms } = job
  const { columns } = jobWords.page
  const { address } = useAccount()
  const mine = one.client.toLowerCase() === address?.toLowerCase()
  const rows = job.rows ?? terms.minRows
  const score = one.declared ?? undefined
  const text = score === undefined ? '–' : scoreText(score, terms.metric)
  const mark = (fact: (client: Client) => unknown, notice: Parameters<typeof Mark>[0]['notice']) => (
    <Mark
      fact={({ clients }) => fact(clients.find((other) => other.client === one.client) ?? one)}
      notice={notice}
      account={one.client}
    />
  )
  const reason = whyNot(detail, one)
  return (
    <tr data-mine={mine}>
      <td className="order whitespace-nowrap" data-label={columns.order}>
        {one.order === null ? '–' : one.order} {one.order !== null && mark((client) => client.order, 'Committed')}
      </td>
      <td className="client" data-label={columns.client}>
        <AddressText value={one.client} />
      </td>
      {shown.declared && (
        <td className="number" data-label={columns.declared} data-empty={score === undefined}>
          {text} {score !== undefined && mark((client) => client.declared, 'Declared')}
        </td>
      )}
      {shown.declared && (
        <td className="bar whole min-w-32" data-empty={score === undefined}>
          {score !== undefined && (
            <ScoreBar
              today={terms.baseline}
              target={targetOf(job) ?? terms.baseline}
              score={score}
              range={rangeOf(terms, one.score ?? score, rows)}
              luck={luckOf(terms, rows) ?? 0}
              axis={axis}
              mine={mine}
              label={jobWords.page.scoreLabel(text)}
            />
          )}
        </td>
      )}
      {shown.verified && (
        <td className="number" data-label={columns.verified} data-empty={one.score === null}>
          {one.score === null ? '–' : scoreText(one.score, terms.metric)}{' '}
          {one.score !== null && mark((client) => client.score, 'Scored')}
        </td>
      )}
      {shown.dues && (
        <td className="number" data-label={columns.due} data-empty={one.due === null}>
          {one.due === null ? '–' : amountText(BigInt(one.due), token)}{' '}
          {one.due !== null && mark((client) => client.due, 'DuesFixed')}
        </td>
      )}
      {shown.payouts && (
        <td className="number" data-label={columns.paid} data-empty={one.payout === null}>
          {one.payout ? amountText(BigInt(one.payout.pay), token) : '–'}{' '}
          {one.payout && mark((client) => client.payout?.pay, 'Settled')}
        </td>
      )}
      <td className="standing whole">
        <span className={`tag ${TAGS[one.standing] ?? 'off'}`}>
          {jobWords.page.standings[one.standing] ?? one.standing}
        </span>
        {reason && <span className="block max-w-[34ch] text-12 text-ink-3">{said(reason, detail, token)}</span>}
      </td>
    </tr>
  )
}

/** The reason in words, with its numbers as people read them. */
function said(reason: WhyNot, { job }: JobDetail, token: Token): string {
  const text = jobWords.whyNot
  const { metric } = job.terms
  switch (reason.kind) {
    case 'belowMargin':
      return text.belowMargin(scoreText(reason.margin, metric))
    case 'noBetter':
      return text.noBetter(reason.order)
    case 'asksMore':
      return text.asksMore(amountText(reason.least, token))
    case 'refuted':
      return text.refuted(reason.score === null ? undefined : scoreText(reason.score, metric))
    default:
      return text[reason.kind]
  }
}
