import type { JSX } from 'react'
import { useAccount } from 'wagmi'
import { amountText, type Token } from '../market/amounts'
import { scoreText } from '../market/scores'
import type { Client, JobDetail } from '../market/types'
import { jobWords } from '../words/job'
import { AddressText } from './AddressText'
import { targetOf } from './JobRow'
import { Mark } from './Mark'

/** Narrowest part that has room for its amount, in percent of the bar. */
const ROOM = 9

/** Who is paid for which part of the escrow, in the order of the seals; what is nobody's is hatched. */
export function PayStairs({ detail, token }: { detail: JobDetail; token: Token }): JSX.Element | null {
  const { address } = useAccount()
  const parts = detail.clients.filter((one) => payOf(one) > 0n).sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
  if (parts.length === 0) return null
  const { job } = detail
  const { terms } = job
  const escrow = BigInt(job.escrow)
  let sum = 0n
  const share = (amount: bigint) => Number((amount * 1_000_000n) / escrow) / 10_000
  const bars = parts.map((one, index) => {
    const x = share(sum)
    sum += payOf(one)
    const mine = one.client.toLowerCase() === address?.toLowerCase()
    return { one, x, width: share(payOf(one)), kind: mine ? 'mine' : index % 2 ? 'part other' : 'part' }
  })
  const rest = escrow - sum
  const target = targetOf(job)
  return (
    <figure className="mb-8">
      <svg
        className="stairs h-11 w-full overflow-visible"
        role="img"
        aria-label={jobWords.page.stairsLabel(parts.length)}
      >
        {bars.map(({ one, x, width, kind }) => (
          <g key={one.client}>
            <rect className={kind} x={`${x}%`} width={`${width}%`} height="44" />
            {width > ROOM && (
              <text x={`${x + 1}%`} y="27" className="fill-paper text-13 font-semibold">
                {amountText(payOf(one), token)}
              </text>
            )}
          </g>
        ))}
        {rest > 0n && (
          <rect className="nobody" x={`${share(sum)}%`} width={`${share(rest)}%`} height="44" fill="url(#hatch)" />
        )}
      </svg>
      {'target' in terms.rule && target !== undefined && (
        <div className="mt-1 flex justify-between text-12 text-ink-3" aria-hidden="true">
          <span>{jobWords.page.stairsFrom(scoreText(terms.baseline, terms.metric))}</span>
          <span>{scoreText(target, terms.metric)}</span>
        </div>
      )}
      <ul className="mt-3 flex flex-wrap gap-x-6 gap-y-1 text-13 text-ink-2">
        {bars.map(({ one, kind }) => (
          <li key={one.client} className="flex items-center gap-2">
            <svg className="stairs" width="14" height="9" aria-hidden="true">
              <rect className={kind} width="14" height="9" />
            </svg>
            <AddressText value={one.client} /> {jobWords.page.sealedAs(one.order ?? 0)}
          </li>
        ))}
      </ul>
      <figcaption className="mt-2 max-w-[68ch] text-13 text-ink-3">
        {jobWords.page.stairs(amountText(sum, token), amountText(rest, token), token.symbol)}{' '}
        <Mark
          fact={({ clients }) => clients.map((one) => payOf(one).toString())}
          notice={job.ending === null ? 'DuesFixed' : 'Settled'}
        />
      </figcaption>
    </figure>
  )
}

function payOf(one: Client): bigint {
  return BigInt(one.payout?.pay ?? one.due ?? 0)
}
