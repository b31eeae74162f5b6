import { Link } from '@tanstack/react-router'
import type { JSX } from 'react'
import type { Address } from 'viem'
import { useAppSearch } from '../app/context'
import { amountText, type Token } from '../market/amounts'
import { atRisk, type OwnJob } from '../market/own'
import { fractionOf, reachedOf, stepAt } from '../market/phases'
import { scoreText } from '../market/scores'
import type { Client } from '../market/types'
import { accountWords } from '../words/account'
import { jobWords } from '../words/job'
import { Foreign } from './Foreign'
import { Mark, Proves } from './Mark'
import { PhaseStrip } from './PhaseStrip'

interface Props {
  jobs: OwnJob[]
  account: Address
  now: number
  token: Token
}

/** The jobs that an account is part of: phase, own score, pay, what is at risk, and where the money is. */
export function OwnJobs({ jobs, account, now, token }: Props): JSX.Element | null {
  if (jobs.length === 0) return null
  const { columns } = accountWords.jobs
  return (
    <section className="mt-10">
      <h2 className="mb-3">{accountWords.jobs.title}</h2>
      <table className="table stackable thirds">
        <thead>
          <tr>
            <th scope="col">{columns.job}</th>
            <th scope="col">{columns.phase}</th>
            <th scope="col" className="number">
              {columns.score}
            </th>
            <th scope="col" className="number">
              {columns.pay(token.symbol)}
            </th>
            <th scope="col" className="number">
              {columns.risk(token.symbol)}
            </th>
            <th scope="col">{columns.standing}</th>
          </tr>
        </thead>
        <tbody>
          {jobs.map((one) => (
            <Proves key={one.detail.job.jobId} detail={one.detail}>
              <Row own={one} account={account} now={now} token={token} />
            </Proves>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Row({ own, account, now, token }: { own: OwnJob } & Omit<Props, 'jobs'>): JSX.Element {
  const { detail, me } = own
  const { job } = detail
  const { step, over } = stepAt(job, now)
  const { columns } = accountWords.jobs
  const search = useAppSearch()
  const pay = me?.payout?.pay ?? me?.due ?? null
  const mine = (all: readonly Client[]) => all.find((one) => one.client === me?.client)
  return (
    <tr>
      <td className="whole">
        <Link to="/jobs/$jobId" params={{ jobId: String(job.jobId) }} search={search}>
          <Foreign text={job.terms.title} />
        </Link>
      </td>
      <td className="whole w-1/4 max-table:w-full">
        <PhaseStrip step={over ? reachedOf(job) : step} over={over} fraction={fractionOf(job, now)} />
      </td>
      <td className="number" data-label={columns.score} data-empty={me?.declared == null}>
        {me?.declared == null ? '–' : scoreText(me.declared, job.terms.metric)}{' '}
        {me?.declared != null && (
          <Mark fact={({ clients }) => mine(clients)?.declared} notice="Declared" account={me.client} />
        )}
      </td>
      <td className="number" data-label={columns.pay(token.symbol)} data-empty={pay === null}>
        {pay === null ? '–' : amountText(BigInt(pay), token)}{' '}
        {me && pay !== null && (
          <Mark
            fact={({ clients }) => [mine(clients)?.due, mine(clients)?.payout]}
            notice={me.payout ? 'Settled' : 'DuesFixed'}
            account={me.client}
          />
        )}
      </td>
      <td className="number" data-label={columns.risk(token.symbol)}>
        {amountText(atRisk(own, account), token)}{' '}
        <Mark
          fact={({ job: one, clients }) => [one.ending, one.revealed, one.terms.bondBps, mine(clients)?.stake]}
          notice={me ? 'Accepted' : 'JobCreated'}
          account={me?.client}
        />
      </td>
      <td className="whole">
        <span className={`tag ${over ? 'ok' : 'wait'}`}>
          {me ? (jobWords.page.standings[me.standing] ?? me.standing) : accountWords.jobs.sponsor}
        </span>
        {over && (
          <span className="block max-w-[34ch] text-12 text-ink-3">
            {jobWords.endings[job.ending ?? ''] ?? job.ending}
          </span>
        )}
      </td>
    </tr>
  )
}
