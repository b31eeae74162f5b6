import { Link } from '@tanstack/react-router'
import type { JSX } from 'react'
import { useAccount } from 'wagmi'
import { SettingsContext, useSettings } from '../app/context'
import { download } from '../components/download'
import { Foreign } from '../components/Foreign'
import { Icon } from '../components/Icon'
import { WhichApplication } from '../components/WhichApplication'
import { amountText, type Token, withSymbol } from '../market/amounts'
import { calendarOf, type Deadline } from '../market/calendar'
import { useAccountView, useBlockTime, useJobs, useTokens } from '../market/hooks'
import { withdrawIntent } from '../market/intents'
import { claimIntent, type Payment, usePayments } from '../market/payments'
import { nextDeadline, stepAt } from '../market/phases'
import { durationText, timeText } from '../market/times'
import type { Account, Job } from '../market/types'
import { NeedsWallet } from '../wallet/NeedsWallet'
import { useConsent } from '../wallet/useConsent'
import { useMaking } from '../wallet/useMaking'
import { words } from '../words'
import { accountWords } from '../words/account'

/** Money and deadlines of the connected wallet, in each Application of the market. */
export function AccountPage(): JSX.Element {
  const { applications } = useSettings()
  return (
    <div className="py-8">
      <h1>{accountWords.title}</h1>
      <NeedsWallet why={accountWords.needsWallet}>
        {applications.map((one) => (
          <SettingsContext key={one.appAddress} value={one}>
            <WhichApplication />
            <Holdings />
          </SettingsContext>
        ))}
      </NeedsWallet>
    </div>
  )
}

function Holdings(): JSX.Element {
  const { address } = useAccount()
  const settings = useSettings()
  const view = useAccountView(address)
  const payments = usePayments(address)
  const jobs = useJobs()
  const now = useBlockTime()
  const tokens = useTokens([settings.token, ...(payments.data ?? []).map((one) => one.token)])
  const token = tokens.get(settings.token.toLowerCase())
  return view.data && payments.data && jobs.data && token && now !== undefined ? (
    <Shown
      view={view.data}
      payments={payments.data.filter((one) => one.token.toLowerCase() === settings.token.toLowerCase())}
      jobs={jobs.data.jobs}
      token={token}
      now={now}
    />
  ) : (
    <p className="mt-6 text-ink-2">{words.loading}</p>
  )
}

interface ShownProps {
  view: Account
  payments: Payment[]
  jobs: Job[]
  token: Token
  now: number
}

function Shown({ view, payments, jobs, token, now }: ShownProps): JSX.Element {
  const settings = useSettings()
  const making = useMaking(token)
  const consent = useConsent()
  const ready = payments.filter((one) => one.state === 'ready')
  const total = (some: Payment[]) => some.reduce((sum, one) => sum + one.amount, 0n)
  const mine = jobs.filter((one) => view.jobs.client.includes(one.jobId) || view.jobs.sponsor.includes(one.jobId))
  const open = mine.filter((one) => one.ending === null)
  const atStake = open
    .filter((one) => view.jobs.client.includes(one.jobId))
    .reduce((sum, one) => sum + BigInt(one.terms.stake), 0n)
  const balance = view.balances.find((one) => one.token.toLowerCase() === settings.token.toLowerCase())
  return (
    <>
      <dl className="mt-6 grid border-y border-edge table:grid-cols-[1.35fr_1fr_1fr_1fr]">
        <Figure name={accountWords.ready} value={amountText(total(ready), token)} symbol={token.symbol}>
          {ready.length > 0 && (
            <button
              type="button"
              className="button small mt-2"
              onClick={() => consent.ask(claimIntent(settings.appAddress, ready, token))}
            >
              {accountWords.claimAll}
            </button>
          )}
        </Figure>
        <Figure
          name={accountWords.confirming}
          value={amountText(total(payments.filter((one) => one.state === 'confirming')), token)}
          symbol={token.symbol}
        />
        <Figure name={accountWords.atStake} value={amountText(atStake, token)} symbol={token.symbol} />
        <Figure
          name={accountWords.paid}
          value={amountText(total(payments.filter((one) => one.state === 'claimed')), token)}
          symbol={token.symbol}
        />
      </dl>
      {balance && balance.amount !== '0' && making && (
        <p className="mt-4 flex flex-wrap items-center gap-3 text-14">
          {accountWords.balance(withSymbol(BigInt(balance.amount), token))}
          <button
            type="button"
            className="button small"
            onClick={() => consent.ask(withdrawIntent(making, settings.token, BigInt(balance.amount), view.account))}
          >
            {accountWords.withdraw}
          </button>
        </p>
      )}
      <Deadlines jobs={open} now={now} />
      <Payments payments={payments} token={token} />
      {consent.dialog}
    </>
  )
}

function Figure(props: { name: string; value: string; symbol: string; children?: JSX.Element | false }): JSX.Element {
  return (
    <div className="border-line py-5 pr-5 max-table:not-first:border-t table:not-first:border-l table:not-first:pl-5">
      <dt className="label">{props.name}</dt>
      <dd className="text-28 font-semibold tracking-tight">
        {props.value} <small className="text-13 font-medium text-ink-2">{props.symbol}</small>
        {props.children && <span className="block text-16 font-normal tracking-normal">{props.children}</span>}
      </dd>
    </div>
  )
}

function Deadlines({ jobs, now }: { jobs: Job[]; now: number }): JSX.Element {
  const { appAddress: app } = useSettings()
  const dated = jobs
    .map((job) => ({ job, at: nextDeadline(job, now) }))
    .filter((one): one is { job: Job; at: number } => one.at !== null)
    .sort((a, b) => a.at - b.at)
  const entries = dated.map(
    ({ job, at }): Deadline => ({
      at,
      of: `${app}-${job.jobId}`,
      what: accountWords.deadline(words.stepNow[stepAt(job, now).step], job.jobId),
    }),
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
        {dated.map(({ job, at }) => (
          <li
            key={job.jobId}
            className="grid items-center gap-x-4 gap-y-1 border-t border-line py-4 text-14 first:border-t-0 table:grid-cols-[9rem_minmax(0,1fr)_auto]"
          >
            <time dateTime={new Date(at * 1000).toISOString()}>
              <b className="block text-16 font-semibold">{timeText(at)}</b>
              {words.market.left(durationText(at - now))}
            </time>
            <span>
              <Foreign text={job.terms.title} /> · {words.stepNow[stepAt(job, now).step]}
            </span>
            <Link to="/jobs/$jobId" params={{ jobId: String(job.jobId) }} search={{ app }} className="button small">
              {accountWords.look}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Payments({ payments, token }: { payments: Payment[]; token: Token }): JSX.Element | null {
  if (payments.length === 0) return null
  const { columns, states } = accountWords
  return (
    <section className="mt-10">
      <h2 className="mb-3">{accountWords.history}</h2>
      <table className="table stackable">
        <thead>
          <tr>
            <th scope="col">{columns.output}</th>
            <th scope="col" className="number">
              {columns.amount}
            </th>
            <th scope="col">{columns.state}</th>
          </tr>
        </thead>
        <tbody>
          {[...payments].reverse().map((one) => (
            <tr key={one.voucher.index}>
              <td data-label={columns.output}>#{one.voucher.index}</td>
              <td className="number" data-label={columns.amount}>
                {withSymbol(one.amount, token)}
              </td>
              <td className="whole">
                <span className={`tag ${one.state === 'claimed' ? 'ok' : one.state === 'ready' ? 'open' : 'wait'}`}>
                  {states[one.state]}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
