import { Link } from '@tanstack/react-router'
import { type JSX, useState } from 'react'
import type { Address } from 'viem'
import { useAppSearch } from '../app/context'
import { amountText, type Token } from '../market/amounts'
import { useNotices } from '../market/hooks'
import type { Payment } from '../market/payments'
import { useRecomputedOutputs } from '../market/recomputed'
import type { NoticeOutput } from '../node/outputs'
import { accountWords } from '../words/account'
import { jobWords } from '../words/job'
import { mentions } from './Mark'
import { Provenance, type ProvenanceState } from './Provenance'

/** Entries shown before somebody asks for all. */
const FIRST = 20

interface Entry {
  index: number
  what: string
  jobId: number | undefined
  amount: string
  tag: string
  state: ProvenanceState
}

/** Everything that the dapp has told about an account and paid to it, the newest first, each with its proof. */
export function History(props: { account: Address; payments: readonly Payment[]; token: Token }): JSX.Element | null {
  const { account, payments, token } = props
  const { data } = useNotices()
  const recomputed = useRecomputedOutputs()
  const search = useAppSearch()
  const [shown, setShown] = useState(FIRST)
  const { columns, states } = accountWords.history
  const told = (data?.notices ?? []).filter(({ notice }) => mentions(notice.args, account))
  const entries = [
    ...told.map(
      (one): Entry => ({
        index: one.index,
        what: jobWords.proofs.notices[one.notice.name] ?? one.notice.name,
        jobId: one.notice.jobId,
        amount: '',
        tag: claimOf(one),
        state: recomputed(one),
      }),
    ),
    ...payments.map(
      (one): Entry => ({
        index: one.voucher.index,
        what: states[one.state],
        jobId: undefined,
        amount: amountText(one.amount, token),
        tag: one.state === 'claimed' ? 'ok' : one.state === 'ready' ? 'open' : 'wait',
        state: recomputed(one.voucher),
      }),
    ),
  ].sort((a, b) => b.index - a.index)
  if (entries.length === 0) return null
  return (
    <section className="mt-10">
      <h2 className="mb-3">{accountWords.history.title}</h2>
      <table className="table stackable">
        <thead>
          <tr>
            <th scope="col">{columns.what}</th>
            <th scope="col">{columns.job}</th>
            <th scope="col" className="number">
              {columns.amount(token.symbol)}
            </th>
            <th scope="col">{columns.proof}</th>
          </tr>
        </thead>
        <tbody>
          {entries.slice(0, shown).map((one) => (
            <tr key={one.index}>
              <td className="whole">
                <span className={`tag ${one.tag}`}>{one.what}</span>
              </td>
              <td data-label={columns.job} data-empty={one.jobId === undefined}>
                {one.jobId === undefined ? (
                  '–'
                ) : (
                  <Link to="/jobs/$jobId" params={{ jobId: String(one.jobId) }} search={search}>
                    {jobWords.page.number(one.jobId)}
                  </Link>
                )}
              </td>
              <td className="number" data-label={columns.amount(token.symbol)} data-empty={one.amount === ''}>
                {one.amount || '–'}
              </td>
              <td data-label={columns.proof}>
                #{one.index} <Provenance state={one.state} output={one.index} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {entries.length > shown && (
        <button type="button" className="button small mt-3" onClick={() => setShown(entries.length)}>
          {jobWords.page.all(entries.length)}
        </button>
      )}
    </section>
  )
}

function claimOf({ siblings }: NoticeOutput): string {
  return siblings ? 'ok' : 'wait'
}
