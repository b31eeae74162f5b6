import type { JSX } from 'react'
import { useAccount } from 'wagmi'
import { amountText, type Token } from '../market/amounts'
import type { Client, JobDetail } from '../market/types'
import { jobWords } from '../words/job'

/** Narrowest part that has room for its amount, in percent of the bar. */
const ROOM = 9

/** Who is paid for which part of the escrow, in the order of the seals; what is nobody's is hatched. */
export function PayStairs({ detail, token }: { detail: JobDetail; token: Token }): JSX.Element | null {
  const { address } = useAccount()
  const parts = detail.clients.filter((one) => payOf(one) > 0n).sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
  if (parts.length === 0) return null
  const escrow = BigInt(detail.job.escrow)
  let sum = 0n
  const share = (amount: bigint) => Number((amount * 1_000_000n) / escrow) / 10_000
  const bars = parts.map((one) => {
    const x = share(sum)
    sum += payOf(one)
    return { one, x, width: share(payOf(one)) }
  })
  const rest = escrow - sum
  return (
    <figure className="mb-6">
      <svg
        className="stairs h-11 w-full overflow-visible"
        role="img"
        aria-label={jobWords.page.stairsLabel(parts.length)}
      >
        {bars.map(({ one, x, width }) => (
          <g key={one.client}>
            <rect
              className={one.client.toLowerCase() === address?.toLowerCase() ? 'mine' : 'part'}
              x={`${x}%`}
              width={`${width}%`}
              height="44"
            />
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
      <figcaption className="mt-2 text-13 text-ink-3">
        {jobWords.page.stairs(amountText(sum, token), amountText(rest, token), token.symbol)}
      </figcaption>
    </figure>
  )
}

function payOf(one: Client): bigint {
  return BigInt(one.payout?.pay ?? one.due ?? 0)
}
