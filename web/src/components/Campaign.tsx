import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { JSX } from 'react'
import { useSettings } from '../app/context'
import { fetchCampaign } from '../market/fetch'
import { useRecomputedRounds } from '../market/recomputed'
import { scoreText } from '../market/scores'
import type { CampaignRound, Job } from '../market/types'
import { useMarket } from '../market/useMarket'
import { jobWords } from '../words/job'
import { targetOf } from './JobRow'
import { Provenance } from './Provenance'

/** Height of the drawing, and of the text below it, in pixels. */
const TALL = 110
const BELOW = 40

/** Part of the width that the rounds take; the rest is for where they lead; in percent. */
const STAIRS = 78

/** The rounds of a campaign as a staircase, each from the best model of the last; nothing where a job stands alone. */
export function Campaign({ job }: { job: Job }): JSX.Element | null {
  const settings = useSettings()
  const market = useMarket()
  const { data } = useQuery({
    queryKey: ['campaign', settings.appAddress, job.jobId],
    queryFn: () => fetchCampaign(settings, job.jobId),
    enabled: job.terms.previousJob > 0,
  })
  const next = market.data?.jobs.find((one) => one.terms.previousJob === job.jobId && one.sponsor === job.sponsor)
  const rounds = [...(data?.rounds ?? [])].reverse()
  const begins = new Map(market.data?.jobs.map((one) => [one.jobId, one.terms.baseline]))
  const provenance = useRecomputedRounds(data?.rounds ?? [], data?.before ?? null, begins)
  if (rounds.length < 2 && !next) return null
  const text = jobWords.campaign
  return (
    <section className="border-t border-line py-8">
      <h2 className="mb-2">{text.title(Math.max(rounds.length, 1))}</h2>
      <p className="max-w-[68ch] text-14 text-ink-2">
        {text.what} {rounds.length > 1 && <Provenance state={provenance} />}
      </p>
      {rounds.length > 1 && <Stairs rounds={rounds} job={job} begins={begins} />}
      {data?.before !== null && data?.before !== undefined && (
        <p className="mt-3 text-13 text-ink-3">{text.before(data.before)}</p>
      )}
      {next && (
        <p className="mt-3 text-14">
          <Link to="/jobs/$jobId" params={{ jobId: String(next.jobId) }}>
            {text.next(next.jobId)}
          </Link>
        </p>
      )}
    </section>
  )
}

interface StairsProps {
  rounds: CampaignRound[]
  job: Job
  /** What each round's model scored when it began, by job; unknown of a job that is forgotten. */
  begins: ReadonlyMap<number, number>
}

/** Each round as a step at the height from which it began; a step up to what it reached, and to the target while it runs. */
function Stairs({ rounds, job, begins }: StairsProps): JSX.Element {
  const { metric, baseline } = job.terms
  const target = targetOf(job) ?? baseline
  const reached = rounds.map(reachedBy)
  const levels = rounds.map((one, index) => begins.get(one.jobId) ?? reached[index - 1] ?? reached[index] ?? baseline)
  const last = reached.at(-1)
  const isRunning = rounds.at(-1)?.ending === null
  const values = [...levels, ...reached.filter((one) => one !== undefined), ...(isRunning ? [target] : [])]
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const y = (score: number) => 16 + (1 - (score - low) / Math.max(1, high - low)) * (TALL - 16)
  // Room at the right end, for the step to what the last round has reached or is to reach.
  const wide = STAIRS / rounds.length
  const text = jobWords.campaign
  const end = `${STAIRS}%`
  const top = last ?? (isRunning ? target : undefined)
  return (
    <>
      <svg
        className="campaign mt-4 w-full max-w-[44rem] overflow-visible text-12"
        height={TALL + BELOW}
        role="img"
        aria-label={text.label(
          rounds.map((one, index) => {
            const score = reached[index]
            return text.part(index + 1, one.jobId, score === undefined ? undefined : scoreText(score, metric))
          }),
        )}
      >
        {rounds.map((one, index) => {
          const here = one.jobId === job.jobId
          const [level, next] = [levels[index] ?? baseline, levels[index + 1]]
          const [from, to] = [`${index * wide}%`, `${(index + 1) * wide}%`]
          return (
            <g key={one.jobId}>
              <line className={here ? 'step here' : 'step'} x1={from} x2={to} y1={y(level)} y2={y(level)} />
              {next !== undefined && <line className="step" x1={to} x2={to} y1={y(level)} y2={y(next)} />}
              <text x={from} dx="6" y={y(level) - 6} className="fill-ink">
                {scoreText(level, metric)}
              </text>
              <text x={from} dx="6" y={TALL + 22} className={here ? 'fill-accent font-semibold' : 'fill-ink-2'}>
                {text.round(index + 1)}
              </text>
            </g>
          )
        })}
        {top !== undefined && (
          <g>
            <line
              className={last === undefined ? 'target' : 'step'}
              x1={end}
              x2={end}
              y1={y(levels.at(-1) ?? baseline)}
              y2={y(top)}
            />
            <line className={last === undefined ? 'target' : 'step'} x1={end} x2="100%" y1={y(top)} y2={y(top)} />
            <text x={end} dx="6" y={y(top) - 6} className={last === undefined ? 'fill-accent' : 'fill-ink'}>
              {last === undefined ? text.target(scoreText(top, metric)) : scoreText(top, metric)}
            </text>
          </g>
        )}
        <line className="axis" x1="0" x2="100%" y1={TALL + 6} y2={TALL + 6} />
      </svg>
      <ul className="flex flex-wrap gap-x-5 gap-y-1 text-13">
        {rounds
          .filter((one) => one.jobId !== job.jobId)
          .map((one) => (
            <li key={one.jobId}>
              <Link to="/jobs/$jobId" params={{ jobId: String(one.jobId) }}>
                {jobWords.page.number(one.jobId)}
              </Link>
            </li>
          ))}
      </ul>
    </>
  )
}

/** The best that a round has reached: one model's score, or that of the average. */
function reachedBy({ best, average }: CampaignRound): number | undefined {
  const known = [best, average].filter((score) => score !== null)
  return known.length > 0 ? Math.max(...known) : undefined
}
