import { Link } from '@tanstack/react-router'
import type { JSX, ReactNode } from 'react'
import type { Address } from 'viem'
import { useAccount } from 'wagmi'
import { SettingsContext, useSettings } from '../app/context'
import { AddressText } from '../components/AddressText'
import { Amount } from '../components/Amount'
import { History } from '../components/History'
import { NextSteps } from '../components/NextSteps'
import { Note } from '../components/Note'
import { OwnJobs } from '../components/OwnJobs'
import { Provenance } from '../components/Provenance'
import { WhichApplication } from '../components/WhichApplication'
import { amountText, type Token, withSymbol } from '../market/amounts'
import { useAccountView, useBlockTime, useTokens } from '../market/hooks'
import { withdrawIntent } from '../market/intents'
import { atRisk, type OwnJob, useOwnJobs } from '../market/own'
import { claimIntent, type Payment, usePayments } from '../market/payments'
import { useRecomputedOutputs } from '../market/recomputed'
import { timeText } from '../market/times'
import type { Account } from '../market/types'
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
      <Whose />
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
  const now = useBlockTime()
  const tokens = useTokens([settings.token, ...(payments.data ?? []).map((one) => one.token)])
  const token = tokens.get(settings.token.toLowerCase())
  return view.data && payments.data && token && now !== undefined ? (
    <Shown
      view={view.data}
      payments={payments.data.filter((one) => one.token.toLowerCase() === settings.token.toLowerCase())}
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
  token: Token
  now: number
}

function Shown({ view, payments, token, now }: ShownProps): JSX.Element {
  const settings = useSettings()
  const making = useMaking(token)
  const consent = useConsent()
  const own = useOwnJobs(view.account, view, now)
  const jobs = own.jobs.filter((one) => one.detail.job.terms.rewardToken.toLowerCase() === settings.token.toLowerCase())
  const [ready, confirming, claimed] = (['ready', 'confirming', 'claimed'] as const).map((state) =>
    payments.filter((one) => one.state === state),
  ) as [Payment[], Payment[], Payment[]]
  const balance = view.balances.find((one) => one.token.toLowerCase() === settings.token.toLowerCase())
  const isEmpty = view.jobs.client.length + view.jobs.sponsor.length + payments.length === 0
  return (
    <>
      <dl className="mt-6 grid border-y border-edge table:grid-cols-[1.35fr_1fr_1fr_1fr]">
        <Figure name={accountWords.ready} value={totalOf(ready)} token={token} mark={<SumMark payments={ready} />}>
          {ready.length > 0 && (
            <button
              type="button"
              className="button small mt-2"
              onClick={() => consent.ask(claimIntent(settings.appAddress, ready, token))}
            >
              {accountWords.claimAll(ready.length)}
            </button>
          )}
        </Figure>
        <Promised jobs={jobs} account={view.account} token={token} />
        <Figure name={accountWords.paid} value={totalOf(claimed)} token={token} mark={<SumMark payments={claimed} />}>
          {claimed.length > 0 && accountWords.paidIn(claimed.length)}
        </Figure>
      </dl>
      {confirming.length > 0 && (
        <div className="mt-4">
          <Note kind="info">{accountWords.confirming(withSymbol(totalOf(confirming), token))}</Note>
        </div>
      )}
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
      {isEmpty ? (
        <Empty />
      ) : (
        <>
          <NextSteps jobs={jobs} now={now} token={token} />
          <OwnJobs jobs={jobs} account={view.account} now={now} token={token} />
          <History account={view.account} payments={payments} token={token} />
        </>
      )}
      {consent.dialog}
    </>
  )
}

/** What is due if it is published, and what is at stake. */
function Promised({ jobs, account, token }: { jobs: OwnJob[]; account: Address; token: Token }): JSX.Element {
  const due = jobs.filter((one) => one.duty.kind === 'publish')
  const risked = jobs.filter((one) => atRisk(one, account) > 0n)
  const losable = risked.filter((one) => one.duty.kind === 'publish' || one.duty.kind === 'reveal')
  const riskOf = (some: OwnJob[]) => some.reduce((sum, one) => sum + atRisk(one, account), 0n)
  const by = Math.min(...due.map((one) => one.duty.by ?? Number.MAX_SAFE_INTEGER))
  return (
    <>
      <Figure name={accountWords.due} value={due.reduce((sum, one) => sum + (one.duty.amount ?? 0n), 0n)} token={token}>
        {due.length > 0 && accountWords.dueBy(due.length, timeText(by))}
      </Figure>
      <Figure name={accountWords.atStake} value={riskOf(risked)} token={token}>
        {risked.length > 0 && accountWords.atStakeOf(risked.length, amountText(riskOf(losable), token))}
      </Figure>
    </>
  )
}

function totalOf(some: readonly Payment[]): bigint {
  return some.reduce((sum, one) => sum + one.amount, 0n)
}

function Empty(): JSX.Element {
  return (
    <section className="max-w-[46ch] py-10">
      <h2>{accountWords.empty}</h2>
      <p className="mt-2 text-ink-2">{accountWords.emptyText}</p>
      <Link to="/" className="button mt-4">
        {accountWords.emptyDeed}
      </Link>
    </section>
  )
}

/** Where a sum of payments comes from: recomputed here if all of them are, differing if one is. */
function SumMark({ payments }: { payments: readonly Payment[] }): JSX.Element | null {
  const recomputed = useRecomputedOutputs()
  if (payments.length === 0) return null
  const states = payments.map((one) => recomputed(one.voucher))
  const state = states.includes('differs') ? 'differs' : states.includes('node') ? 'node' : 'checked'
  return <Provenance state={state} {...(payments[0] ? { output: payments[0].voucher.index } : {})} />
}

function Figure(props: {
  name: string
  value: bigint
  token: Token
  mark?: ReactNode
  children?: ReactNode
}): JSX.Element {
  const { name, value, token, mark, children } = props
  return (
    <div className="border-line py-5 pr-5 max-table:not-first:border-t table:not-first:border-l table:not-first:pl-5">
      <dt className="label">{name}</dt>
      <dd className="text-28 font-semibold tracking-tight">
        <Amount value={value} token={token} /> <small className="text-13 font-medium text-ink-2">{token.symbol}</small>{' '}
        {mark}
        {children && <span className="block text-14 font-normal tracking-normal text-ink-2">{children}</span>}
      </dd>
    </div>
  )
}

/** Which account is shown: its address, the chain, the wallet. */
function Whose(): JSX.Element | null {
  const settings = useSettings()
  const { address, connector } = useAccount()
  if (!address) return null
  return (
    <p className="mt-1 text-14 text-ink-2">
      <AddressText value={address} own={false} />{' '}
      {accountWords.onChain(settings.chainName ?? `chain ${settings.chainId}`, connector?.name ?? '')}
    </p>
  )
}
