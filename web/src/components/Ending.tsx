import type { JSX } from 'react'
import { type Token, withSymbol } from '../market/amounts'
import type { JobDetail } from '../market/types'
import { jobWords } from '../words/job'
import { Mark } from './Mark'
import { Note } from './Note'

/** Why a job ended, and where the money went: one notice on top. */
export function Ending({ detail, token }: { detail: JobDetail; token: Token }): JSX.Element | null {
  const { job, clients } = detail
  if (job.ending === null) return null
  const text = jobWords.ending
  const paid = clients.filter((one) => BigInt(one.payout?.pay ?? 0) > 0n)
  const shared = clients.reduce((sum, one) => sum + BigInt(one.payout?.compensation ?? 0), 0n)
  const total = paid.reduce((sum, one) => sum + BigInt(one.payout?.pay ?? 0), 0n)
  const parts = [
    total > 0n && text.paid(withSymbol(total, token), paid.length),
    shared > 0n && text.shared(withSymbol(shared, token)),
    BigInt(job.sponsorRefund ?? 0) > 0n && text.refunded(withSymbol(BigInt(job.sponsorRefund ?? 0), token)),
    BigInt(job.burnt ?? 0) > 0n && text.burnt(withSymbol(BigInt(job.burnt ?? 0), token)),
  ].filter((one) => one !== false)
  return (
    <div className="mt-4">
      <Note kind={job.ending === 'settled' ? 'ok' : 'info'} title={jobWords.endings[job.ending] ?? job.ending}>
        {parts.join(' ')}{' '}
        <Mark
          fact={({ job: one, clients: all }) => [one.ending, one.sponsorRefund, one.burnt, all.map((c) => c.payout)]}
          notice="Settled"
        />
      </Note>
    </div>
  )
}
