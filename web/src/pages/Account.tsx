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
import { type Holding, type HoldingProvenance, useRecomputedHolding, useRecomputedPayments } from '../market/holding'
import { useAccountView, useBlockTime, useTokens } from '../market/hooks'
import { withdrawIntent } from '../market/intents'
import { atRisk, dueOf, losableOf, type OwnJob, owned, useOwnJobs } from '../market/own'
import { claimIntent, type Payment, usePayments } from '../market/payments'
import { timeText } from '../market/times'
import type { AccountDetail, JobWithClients } from '../market/types'
import type { Voucher } from '../node/outputs'
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
  const tokens = useTokens([settings.token, ...(payments.data?.payments ?? []).map((one) => one.token)])
  const token = tokens.get(settings.token.toLowerCase())
  return view.data && payments.data && token && now !== undefined ? (
    <Shown
      view={view.data}
      payments={payments.data.payments.filter((one) => one.token.toLowerCase() === settings.token.toLowerCase())}
      vouchers={payments.data.vouchers}
      token={token}
      now={now}
    />
  ) : (
    <p className="mt-6 text-ink-2">{words.loading}</p>
  )
}

interface ShownProps {
  view: AccountDetail
  payments: Payment[]
  vouchers: Voucher[]
  token: Token
  now: number
}

function Shown({ view, payments, vouchers, token, now }: ShownProps): JSX.Element {
  const settings = useSettings()
  const making = useMaking(token)
  const consent = useConsent()
  const own = useOwnJobs(view.account, view, now)
  const isOfToken = ({ job }: JobWithClients) => job.terms.rewardToken.toLowerCase() === settings.token.toLowerCase()
  const jobs = own.jobs.filter((one) => isOfToken(one.detail))
  const recomputed = useRecomputedHolding(
    view,
    own.jobs.map((one) => one.detail),
  )
  const ofJobs = (fact: (jobs: OwnJob<JobWithClients>[]) => unknown) =>
    own.isPending
      ? 'node'
      : recomputed((held) => fact(held.jobs.filter(isOfToken).map((one) => owned(one, view.account, now))))
  const paid = <Provenance state={useRecomputedPayments(vouchers)} />
  const [ready, confirming, claimed] = (['ready', 'confirming', 'claimed'] as const).map((state) =>
    payments.filter((one) => one.state === state),
  ) as [Payment[], Payment[], Payment[]]
  const balanceIn = ({ balances }: Pick<Holding, 'balances'>) =>
    balances.find((one) => one.token.toLowerCase() === settings.token.toLowerCase())?.amount
  const balance = balanceIn(view)
  const isEmpty = view.jobs.client.length + view.jobs.sponsor.length + payments.length === 0
  return (
    <>
      <dl className="mt-6 grid grid-cols-3 border-y border-edge table:grid-cols-[1.35fr_1fr_1fr_1fr]">
        <Figure name={accountWords.ready} value={totalOf(ready)} token={token} mark={paid}>
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
        <Promised jobs={jobs} account={view.account} token={token} ofJobs={ofJobs} />
        <Figure name={accountWords.paid} value={totalOf(claimed)} token={token} mark={paid}>
          {claimed.length > 0 && accountWords.paidIn(claimed.length)}
        </Figure>
      </dl>
      {confirming.length > 0 && (
        <div className="mt-4">
          <Note kind="info">
            {accountWords.confirming(withSymbol(totalOf(confirming), token))} {paid}
          </Note>
        </div>
      )}
      {balance && balance !== '0' && making && (
        <p className="mt-4 flex flex-wrap items-center gap-3 text-14">
          <span>
            {accountWords.balance(withSymbol(BigInt(balance), token))} <Provenance state={recomputed(balanceIn)} />
          </span>
          <button
            type="button"
            className="button small"
            onClick={() => consent.ask(withdrawIntent(making, settings.token, BigInt(balance)))}
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
function Promised(props: {
  jobs: OwnJob[]
  account: Address
  token: Token
  ofJobs: (fact: (jobs: OwnJob<JobWithClients>[]) => unknown) => ReturnType<HoldingProvenance>
}): JSX.Element {
  const { jobs, account, token, ofJobs } = props
  const due = dueOf(jobs)
  const risked = jobs.filter((one) => atRisk(one, account) > 0n)
  const losable = losableOf(risked)
  const riskOf = (some: OwnJob[]) => some.reduce((sum, one) => sum + atRisk(one, account), 0n)
  // Job by job, so that two that are wrong are not right together.
  const dues = ofJobs((all) => dueOf(all).map(({ detail, duty }) => [detail.job.jobId, duty.by, `${duty.amount}`]))
  const risks = ofJobs((all) => all.map((one) => [one.detail.job.jobId, one.duty.kind, `${atRisk(one, account)}`]))
  const by = Math.min(...due.map((one) => one.duty.by ?? Number.MAX_SAFE_INTEGER))
  return (
    <>
      <Figure
        name={accountWords.due}
        value={due.reduce((sum, one) => sum + (one.duty.amount ?? 0n), 0n)}
        token={token}
        mark={<Provenance state={dues} />}
      >
        {due.length > 0 && accountWords.dueBy(due.length, timeText(by))}
      </Figure>
      <Figure name={accountWords.atStake} value={riskOf(risked)} token={token} mark={<Provenance state={risks} />}>
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

function Figure(props: {
  name: string
  value: bigint
  token: Token
  mark: ReactNode
  children?: ReactNode
}): JSX.Element {
  const { name, value, token, mark, children } = props
  return (
    <div className="border-line py-5 pr-5 max-table:pr-2 max-table:py-4 max-table:first:col-span-3 max-table:not-first:border-t not-first:border-l table:not-first:pl-5 max-table:not-first:pl-3 max-table:nth-2:border-l-0 max-table:nth-2:pl-0 max-table:not-first:[&>dd]:text-18 max-table:not-first:[&>dd>span]:text-13">
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
