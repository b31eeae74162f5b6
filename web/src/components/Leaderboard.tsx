import type { JSX } from 'react'
import { useAccount } from 'wagmi'
import { amountText, type Token } from '../market/amounts'
import { luckOf } from '../market/luck'
import { scoreText } from '../market/scores'
import type { Client, JobDetail } from '../market/types'
import { words } from '../words'
import { jobWords } from '../words/job'
import { AddressText } from './AddressText'
import { targetOf } from './JobRow'
import { Provenance } from './Provenance'
import { ScoreBar } from './ScoreBar'

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

/** Who declared what, is due, was paid, failed; in the order of the seals, which decides. */
export function Leaderboard({ detail, token }: { detail: JobDetail; token: Token }): JSX.Element {
  const { job, clients } = detail
  const { columns } = jobWords.page
  const rows = [...clients].sort((a, b) => (a.order ?? Number.MAX_SAFE_INTEGER) - (b.order ?? Number.MAX_SAFE_INTEGER))
  if (rows.length === 0) return <p className="text-14 text-ink-2">{jobWords.page.nobodyYet}</p>
  const declared = rows.some((one) => one.declared !== null)
  const dues = rows.some((one) => one.due !== null)
  const payouts = rows.some((one) => one.payout !== null)
  return (
    <>
      {!declared && <p className="mb-3 text-14 text-ink-2">{jobWords.page.noScores}</p>}
      <table className="table stackable">
        <thead>
          <tr>
            <th scope="col">{columns.order}</th>
            <th scope="col">{columns.client}</th>
            {declared && <th scope="col">{columns.declared}</th>}
            {declared && <th scope="col">{columns.bar}</th>}
            {dues && <th scope="col">{columns.due}</th>}
            {payouts && <th scope="col">{columns.paid}</th>}
            <th scope="col">{columns.standing}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((one) => (
            <Row key={one.client} one={one} detail={detail} token={token} shown={{ declared, dues, payouts }} />
          ))}
        </tbody>
      </table>
      <p className="visually-hidden">{words.market.fromTo(scoreText(job.terms.baseline, job.terms.metric), '')}</p>
    </>
  )
}

function Row(props: {
  one: Client
  detail: JobDetail
  token: Token
  shown: { declared: boolean; dues: boolean; payouts: boolean }
}): JSX.Element {
  const { one, detail, token, shown } = props
  const { job } = detail
  const { columns } = jobWords.page
  const { address } = useAccount()
  const mine = one.client.toLowerCase() === address?.toLowerCase()
  const score = one.declared === null ? undefined : one.declared
  const text = score === undefined ? '–' : scoreText(score, job.terms.metric)
  return (
    <tr data-mine={mine}>
      <td data-label={columns.order}>{one.order ?? '–'}</td>
      <td data-label={columns.client}>
        <AddressText value={one.client} />
      </td>
      {shown.declared && (
        <td className="number" data-label={columns.declared}>
          {text}
        </td>
      )}
      {shown.declared && (
        <td className="whole min-w-32">
          {score !== undefined && (
            <ScoreBar
              today={job.terms.baseline}
              target={targetOf(job) ?? job.terms.baseline}
              score={score}
              luck={luckOf(job.terms, job.rows ?? job.terms.minRows) ?? 0}
              mine={mine}
              label={jobWords.page.scoreLabel(text)}
            />
          )}
        </td>
      )}
      {shown.dues && (
        <td className="number" data-label={columns.due}>
          {one.due === null ? '–' : amountText(BigInt(one.due), token)}{' '}
          {one.due !== null && <Provenance state="node" />}
        </td>
      )}
      {shown.payouts && (
        <td className="number" data-label={columns.paid}>
          {one.payout ? amountText(BigInt(one.payout.pay), token) : '–'}
        </td>
      )}
      <td className="whole">
        <span className={`tag ${TAGS[one.standing] ?? 'off'}`}>
          {jobWords.page.standings[one.standing] ?? one.standing}
        </span>
      </td>
    </tr>
  )
}
