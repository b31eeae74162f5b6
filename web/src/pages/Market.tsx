import { Link } from '@tanstack/react-router'
import { type JSX, lazy, Suspense, useMemo, useRef, useState } from 'react'
import { type Address, getAddress } from 'viem'
import { SettingsContext, useSettings } from '../app/context'
import type { Settings } from '../app/settings'
import { shortened } from '../components/AddressText'
import { Choice } from '../components/Choice'
import { JobRow } from '../components/JobRow'
import { Note } from '../components/Note'
import { useWindow } from '../components/useWindow'
import { useWide } from '../components/wide'
import { amountText, type Token } from '../market/amounts'
import type { DataKind } from '../market/dataKind'
import { chosen, EVERYTHING, type PhaseFilter, type Sorting, type Wanted, type Worth } from '../market/filter'
import { useBlockTime, useTokens } from '../market/hooks'
import { STEPS } from '../market/phases'
import { roundsOf } from '../market/rounds'
import { metricName } from '../market/scores'
import type { Job } from '../market/types'
import { type ListedJob, useMarket } from '../market/useMarket'
import { words } from '../words'

const Applications = lazy(() => import('../components/Applications'))
const EscrowMark = lazy(() => import('../components/EscrowMark'))

/** Height of a row before it is measured, in pixels. */
const ROW_HEIGHT = 120

/** Application by application, what is read of it; whoever shows it is the innermost. */
interface Found {
  jobs: ListedJob[]
  /** By Application, jobs of which its node says otherwise than its own notices. */
  contradicted: [Address, number[]][]
  isPending: boolean
}

const NOTHING: Found = { jobs: [], contradicted: [], isPending: true }

/** All jobs of all Applications. */
export function Market(): JSX.Element {
  return <Reading rest={useSettings().applications} before={NOTHING} />
}

/** Read one Application by its own settings, and the others within. */
function Reading({ rest, before }: { rest: readonly Settings[]; before: Found }): JSX.Element {
  const [first, ...others] = rest
  if (!first) return <Jobs {...before} />
  return (
    <SettingsContext value={first}>
      <Application rest={others} before={before} />
    </SettingsContext>
  )
}

function Application({ rest, before }: { rest: readonly Settings[]; before: Found }): JSX.Element {
  const { appAddress: app } = useSettings()
  const { data, isPending } = useMarket()
  const found = useMemo((): Found => {
    const rounds = roundsOf(data?.jobs ?? [])
    const jobs = data?.jobs.map((one) => ({ ...one, app, campaign: rounds.get(one.jobId) })) ?? []
    return {
      jobs: [...before.jobs, ...jobs],
      contradicted: data?.contradicted.length
        ? [...before.contradicted, [app, data.contradicted]]
        : before.contradicted,
      isPending: before.isPending && isPending,
    }
  }, [before, data, isPending, app])
  return <Reading rest={rest} before={found} />
}

/** All jobs: search, filter, sort; finding one for the data one has. */
function Jobs({ jobs, contradicted, isPending }: Found): JSX.Element {
  const { applications } = useSettings()
  const several = applications.length > 1
  const now = useBlockTime()
  const [wanted, setWanted] = useState<Wanted>(EVERYTHING)
  const tokens = useTokens(jobs.map((job) => job.terms.rewardToken))
  const metrics = useMemo(() => [...new Set(jobs.map((job) => job.terms.metric))].sort(), [jobs])
  const found = useMemo(
    () => (now === undefined ? [] : chosen(jobs, wanted, now, worthIn(tokens))),
    [jobs, wanted, now, tokens],
  )
  return (
    <>
      <Hero />
      <section aria-labelledby="jobs-heading">
        <h2 id="jobs-heading" className="visually-hidden">
          {words.market.jobs}
        </h2>
        {contradicted.map(([app, numbers]) => (
          <Note key={app} kind="bad" {...(several ? { title: shortened(getAddress(app)) } : {})}>
            {words.obstacle.contradicted(numbers)}
          </Note>
        ))}
        {several && (
          <Suspense>
            <Applications />
          </Suspense>
        )}
        <Filters wanted={wanted} metrics={metrics} onChange={setWanted} />
        <div className="flex flex-wrap items-center justify-between gap-x-5 gap-y-2 pb-2 text-14 text-ink-2">
          <p>
            <span role="status">{isPending ? words.loading : words.market.found(found.length)}</span>
            <Escrow jobs={found} tokens={tokens} />{' '}
            {now !== undefined && (
              <Suspense>
                <EscrowMark jobs={found} chosen={(all) => chosen(all, wanted, now, worthIn(tokens))} />
              </Suspense>
            )}
          </p>
          <Legend />
        </div>
        {isPending || now === undefined ? (
          <Skeleton />
        ) : found.length > 0 ? (
          <Rows jobs={found} now={now} tokens={tokens} several={several} />
        ) : (
          <Empty any={jobs.length > 0} onClear={() => setWanted(EVERYTHING)} />
        )}
      </section>
    </>
  )
}

function Hero(): JSX.Element {
  const wide = useWide()
  return (
    <section className="grid items-end gap-12 pt-12 pb-8 max-wide:grid-cols-1 max-wide:gap-6 max-table:pt-6 max-table:pb-4 wide:grid-cols-[5fr_7fr]">
      <div>
        <h1 className="text-36 tracking-tight max-table:text-28">{words.market.title}</h1>
        <p className="mt-4 max-w-[46ch] text-ink-2">{words.market.promise}</p>
      </div>
      {wide ? (
        <How />
      ) : (
        <details className="deeper mt-0! border-t-0! pt-0!">
          <summary>{words.how.title}</summary>
          <div className="mt-3">
            <How />
          </div>
        </details>
      )}
    </section>
  )
}

/** The five phases in a sentence each. */
function How(): JSX.Element {
  return (
    <ol aria-label={words.how.title} className="grid gap-0.5 table:grid-cols-5">
      {STEPS.map((step) => (
        <li
          key={step}
          className="border-ink-3 pr-3 text-13 text-ink-2 last:border-ok max-table:border-l-3 max-table:pb-3 max-table:pl-3 table:border-t-3 table:pt-3"
        >
          <b className="mb-0.5 block text-14 font-semibold text-ink">{words.steps[step]}</b>
          {words.how[step]}
        </li>
      ))}
    </ol>
  )
}

function Filters(props: { wanted: Wanted; metrics: string[]; onChange: (wanted: Wanted) => void }): JSX.Element {
  const { wanted, metrics, onChange } = props
  const [open, setOpen] = useState(false)
  return (
    <search className="grid items-end gap-3 py-4 max-wide:grid-cols-2 max-table:grid-cols-[1fr_auto] wide:grid-cols-[minmax(12rem,1fr)_repeat(3,minmax(7rem,auto))_7.5rem_minmax(8rem,auto)]">
      <div className="field max-wide:col-span-full max-table:col-auto">
        <label htmlFor="search" className="label">
          {words.market.search}
        </label>
        <input
          id="search"
          type="search"
          className="input min-h-10 text-14"
          placeholder={words.market.searchHint}
          value={wanted.text}
          onChange={(event) => onChange({ ...wanted, text: event.target.value })}
        />
      </div>
      <button
        type="button"
        className="button hidden min-h-10 self-end max-table:inline-flex"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        {words.market.filters}
      </button>
      <div className={open ? 'contents' : 'contents max-table:hidden'}>
        <Choice
          small
          label={words.market.phase}
          value={wanted.phase}
          options={[['', words.market.any], ...Object.entries(words.market.phases)]}
          onChange={(phase) => onChange({ ...wanted, phase: phase as PhaseFilter })}
        />
        <Choice
          small
          label={words.market.data}
          value={wanted.data}
          options={[['', words.market.any], ...Object.entries(words.market.kinds)]}
          onChange={(data) => onChange({ ...wanted, data: data as DataKind })}
        />
        <Choice
          small
          label={words.market.metric}
          value={wanted.metric}
          options={[['', words.market.any], ...metrics.map((one): [string, string] => [one, metricName(one)])]}
          onChange={(metric) => onChange({ ...wanted, metric })}
        />
        <div className="field">
          <label htmlFor="reward" className="label">
            {words.market.reward}
          </label>
          <input
            id="reward"
            inputMode="decimal"
            className="input min-h-10 text-14"
            placeholder={words.market.any}
            value={wanted.reward}
            onChange={(event) => onChange({ ...wanted, reward: event.target.value })}
          />
        </div>
        <Choice
          small
          label={words.market.sort}
          value={wanted.sort}
          options={Object.entries(words.market.sorts)}
          onChange={(sort) => onChange({ ...wanted, sort: sort as Sorting })}
        />
      </div>
    </search>
  )
}

function Legend(): JSX.Element {
  return (
    <ul className="score-bar flex h-auto! w-auto! flex-wrap gap-x-5 gap-y-1 text-12 text-ink-2">
      <li className="flex items-center gap-2">
        <svg width="16" height="12" aria-hidden="true">
          <rect className="luck" width="16" height="12" fill="url(#hatch)" />
        </svg>
        {words.market.legend.luck}
      </li>
      {(['today', 'target'] as const).map((one) => (
        <li key={one} className="flex items-center gap-2">
          <svg width="6" height="12" aria-hidden="true">
            <line className={one} x1="3" x2="3" y1="0" y2="12" />
          </svg>
          {words.market.legend[one]}
        </li>
      ))}
    </ul>
  )
}

/** What is in escrow of the jobs that are shown and have not ended, token by token. */
function Escrow({ jobs, tokens }: { jobs: Job[]; tokens: Map<string, Token> }): JSX.Element | null {
  const sums = useMemo(() => {
    const found = new Map<string, bigint>()
    for (const { ending, escrow, terms } of jobs) {
      if (ending === null) found.set(terms.rewardToken, (found.get(terms.rewardToken) ?? 0n) + BigInt(escrow))
    }
    return [...found]
  }, [jobs])
  const said = sums.flatMap(([address, sum]) => {
    const token = tokens.get(address.toLowerCase())
    return token ? [`${amountText(sum, token)} ${token.symbol}`] : []
  })
  return said.length > 0 ? <>, {words.market.inEscrow(said.join(', '))}</> : null
}

/** Rewards in whole tokens; of a token that has not said how it counts, nothing. */
function worthIn(tokens: Map<string, Token>): Worth {
  return ({ escrow, terms }) => {
    const token = tokens.get(terms.rewardToken.toLowerCase())
    return token ? Number(escrow) / 10 ** token.decimals : 0
  }
}

/** A virtual list: ten thousand jobs scroll, some twenty rows exist. */
function Rows(props: {
  jobs: ListedJob[]
  now: number
  tokens: ReturnType<typeof useTokens>
  several: boolean
}): JSX.Element {
  const { jobs, now, tokens, several } = props
  const { applications } = useSettings()
  const list = useRef<HTMLOListElement>(null)
  const keys = useMemo(() => jobs.map((one) => `${one.app}/${one.jobId}`), [jobs])
  const { from, to, above, below } = useWindow(list, keys, ROW_HEIGHT)
  return (
    <ol
      ref={list}
      aria-label={words.market.jobs}
      className="border-t border-edge"
      style={{ paddingTop: above, paddingBottom: below }}
    >
      {jobs.slice(from, to).map((job, index) => (
        <li key={`${job.app}/${job.jobId}`} aria-setsize={jobs.length} aria-posinset={from + index + 1}>
          <SettingsContext value={applications.find((one) => one.appAddress === job.app)}>
            <JobRow job={job} now={now} token={tokens.get(job.terms.rewardToken.toLowerCase())} several={several} />
          </SettingsContext>
        </li>
      ))}
    </ol>
  )
}

function Skeleton(): JSX.Element {
  return (
    <div aria-hidden="true" className="border-t border-edge">
      {[0, 1, 2].map((row) => (
        <div key={row} className="grid gap-4 border-b border-line py-6">
          <div className="h-4 w-3/5 animate-pulse rounded-graphic bg-well" />
          <div className="h-3 w-2/5 animate-pulse rounded-graphic bg-well" />
        </div>
      ))}
    </div>
  )
}

function Empty({ any, onClear }: { any: boolean; onClear: () => void }): JSX.Element {
  return (
    <div className="max-w-[46ch] border-t border-edge py-16">
      <h2>{any ? words.market.none : words.market.empty}</h2>
      {any ? (
        <button type="button" className="button mt-4" onClick={onClear}>
          {words.market.clear}
        </button>
      ) : (
        <Link to="/post" className="button mt-4">
          {words.market.emptyHint}
        </Link>
      )}
    </div>
  )
}
