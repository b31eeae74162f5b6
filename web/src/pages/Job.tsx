import { Link, useParams } from '@tanstack/react-router'
import type { JSX, ReactNode } from 'react'
import { useAccount } from 'wagmi'
import { AddressText } from '../components/AddressText'
import { Campaign } from '../components/Campaign'
import { Contradiction } from '../components/Contradiction'
import { DueCard } from '../components/DueCard'
import { Ending } from '../components/Ending'
import { Files } from '../components/Files'
import { Foreign } from '../components/Foreign'
import { targetOf } from '../components/JobRow'
import { Leaderboard } from '../components/Leaderboard'
import { Loading } from '../components/Loading'
import { Luck } from '../components/Luck'
import { Mark, Proves } from '../components/Mark'
import { PayStairs } from '../components/PayStairs'
import { Proofs } from '../components/Proofs'
import { Specification } from '../components/Specification'
import { Averaging, Scorings, SponsorPanel } from '../components/SponsorPanel'
import { TermsInWords } from '../components/TermsInWords'
import { Timeline } from '../components/Timeline'
import { TrustList } from '../components/TrustList'
import { WhichApplication } from '../components/WhichApplication'
import { useWide } from '../components/wide'
import { type Token, withSymbol } from '../market/amounts'
import { dataShapeOf } from '../market/dataKind'
import { useBlockTime, useJob, useTokens } from '../market/hooks'
import { stepAt } from '../market/phases'
import { metricName, scoreText } from '../market/scores'
import type { Job, JobDetail } from '../market/types'
import { QueryRefused } from '../node/inspect'
import { words } from '../words'
import { jobWords } from '../words/job'

/** One job: what is bought, one's own part, the order of things, scores and pay, terms, trust, proofs. */
export function JobPage(): JSX.Element {
  const { jobId } = useParams({ from: '/jobs/$jobId' })
  const number = Number(jobId)
  const { data, error } = useJob(number)
  const now = useBlockTime()
  const tokens = useTokens(data ? [data.job.terms.rewardToken] : [])
  if (error instanceof QueryRefused) return <h1 className="py-12">{jobWords.page.unknown(number)}</h1>
  const token = data && tokens.get(data.job.terms.rewardToken.toLowerCase())
  if (!data || !token || now === undefined) return <Loading title={jobWords.page.number(number)} />
  return <Shown detail={data} token={token} now={now} />
}

function Shown({ detail, token, now }: { detail: JobDetail; token: Token; now: number }): JSX.Element {
  const { job, clients } = detail
  const { address } = useAccount()
  const { over } = stepAt(job, now)
  const me = clients.find((one) => one.client.toLowerCase() === address?.toLowerCase())
  return (
    <Proves detail={detail}>
      <nav aria-label={words.breadcrumb} className="pt-6 text-13 text-ink-3">
        <Link to="/">{words.nav.market}</Link> / {jobWords.page.number(job.jobId)}
      </nav>
      <WhichApplication />
      <div className="grid items-start gap-x-12 gap-y-6 py-3 wide:grid-cols-[minmax(0,1fr)_340px]">
        <div>
          <h1>
            <Foreign text={job.terms.title} />
          </h1>
          <p className="mt-3 flex flex-wrap gap-x-4 gap-y-1 text-14 text-ink-2">
            <span>
              {jobWords.page.posted} <AddressText value={job.sponsor} />
            </span>
            <span>{metricName(job.terms.metric)}</span>
          </p>
          {over ? (
            <Ending detail={detail} token={token} />
          ) : (
            <p className="mt-4 max-w-[58ch] text-ink-2">{bought(job, token)}</p>
          )}
          <Facts detail={detail} token={token} />
        </div>
        <div className="grid gap-3">
          <DueCard detail={detail} me={me} token={token} now={now} />
          <SponsorPanel detail={detail} token={token} now={now} />
        </div>
      </div>
      <Contradiction jobId={job.jobId} />
      <Timeline job={job} now={now} />
      <Section title={jobWords.page.scores}>
        <Scorings detail={detail} token={token} />
        <PayStairs detail={detail} token={token} />
        <Leaderboard detail={detail} token={token} />
        <Averaged job={job} />
        <Averaging detail={detail} token={token} now={now} />
        {(job.ending === null || job.declared > 0) && <Luck detail={detail} />}
      </Section>
      <Campaign job={job} />
      <Folding title={jobWords.page.terms}>
        <p className="mb-2 text-14 text-ink-2">
          {jobWords.page.termsSealed} <Mark fact={(one) => one.job.terms} notice="JobCreated" />
        </p>
        <TermsInWords job={job} token={token} />
      </Folding>
      <Folding title={jobWords.specification.title}>
        <Specification job={job} />
      </Folding>
      <Folding title={jobWords.page.trust}>
        <TrustList job={job} />
      </Folding>
      <Folding title={jobWords.page.proofs}>
        <Proofs detail={detail} />
        <Files detail={detail} />
      </Folding>
    </Proves>
  )
}

/** What is bought, in one sentence. */
function bought(job: Job, token: Token): string {
  const { terms } = job
  const target = targetOf(job)
  return jobWords.page.bought(
    words.market.shape(dataShapeOf(terms.architecture)),
    scoreText(terms.baseline, terms.metric),
    withSymbol(BigInt(job.escrow), token),
    target === undefined ? undefined : scoreText(target, terms.metric),
  )
}

/** What the verified models' average scores, where the terms ask for one. */
function Averaged({ job }: { job: JobDetail['job'] }): JSX.Element | null {
  const { average, terms } = job
  const told = average?.score != null
  if (!terms.aggregate || (job.ending !== null && !told)) return null
  return (
    <p className="mt-4 text-14 text-ink-2">
      {told
        ? jobWords.page.average(average.models, scoreText(average.score ?? 0, terms.metric), average.modelCid ?? '')
        : jobWords.page.averageToCome}{' '}
      {told && <Mark fact={(one) => one.job.average} notice="Aggregated" />}
    </p>
  )
}

type MarkProps = Parameters<typeof Mark>[0]

function Facts({ detail, token }: { detail: JobDetail; token: Token }): JSX.Element {
  const { job } = detail
  const { terms } = job
  const target = targetOf(job)
  const rows = job.rows === null ? jobWords.page.atMost(terms.maxRows) : job.rows.toLocaleString('en')
  const facts: [name: string, value: string, fact: MarkProps['fact'], notice?: MarkProps['notice']][] = [
    [
      jobWords.page.today,
      scoreText(terms.baseline, terms.metric),
      (one) => one.job.terms.baseline,
      job.revealed ? 'HoldoutRevealed' : 'JobCreated',
    ],
    [
      jobWords.page.target,
      target === undefined ? '–' : scoreText(target, terms.metric),
      (one) => [one.job.terms.rule, one.job.terms.baseline],
    ],
    [jobWords.page.escrow, withSymbol(BigInt(job.escrow), token), (one) => one.job.escrow],
    [jobWords.page.stake, withSymbol(BigInt(terms.stake), token), (one) => one.job.terms.stake],
    [
      jobWords.page.rows,
      rows,
      (one) => [one.job.rows, one.job.terms.maxRows],
      job.rows === null ? 'JobCreated' : 'HoldoutRevealed',
    ],
    [jobWords.page.places, String(terms.maxParticipants), (one) => one.job.terms.maxParticipants],
  ]
  return (
    <dl className="mt-6 grid grid-cols-3 gap-x-6 border-y border-line max-table:gap-x-3 table:grid-cols-[repeat(6,auto)] table:justify-between">
      {facts.map(([name, value, fact, notice = 'JobCreated']) => (
        <div key={name} className="py-3">
          <dt className="label">{name}</dt>
          <dd className="whitespace-nowrap text-18 font-semibold tracking-tight max-table:text-14">
            {value} <Mark fact={fact} notice={notice} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }): JSX.Element {
  return (
    <section className="border-t border-line py-8">
      <h2 className="mb-4">{title}</h2>
      {children}
    </section>
  )
}

/** A part of the page that is folded on phones, where the page would be too long; open everywhere else. */
function Folding({ title, children }: { title: string; children: JSX.Element | JSX.Element[] }): JSX.Element {
  const wide = useWide()
  return (
    <details key={String(wide)} className="folding border-t border-line py-8 max-table:py-4" open={wide}>
      <summary>
        <h2>{title}</h2>
      </summary>
      <div className="mt-4">{children}</div>
    </details>
  )
}
