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
  const provenance = useRecomputedRounds(data?.rounds ?? [], data?.before ?? null)
  if (rounds.length < 2 && !next) return null
  const text = jobWords.campaign
  return (
    <section className="border-t border-line py-8">
      <h2 className="mb-2">{text.title(Math.max(rounds.length, 1))}</h2>
      <p className="max-w-[68ch] text-14 text-ink-2">
        {text.what} {rounds.length > 1 && <Provenance state={provenance} />}
      </p>
      {rounds.length > 1 && <Stairs rounds={rounds} job={job} />}
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

function Stairs({ rounds, job }: { rounds: CampaignRound[]; job: Job }): JSX.Element {
  const { metric, baseline } = job.terms
  const target = targetOf(job) ?? baseline
  const reached = rounds.map((one) => {
    const known = [one.best, one.average].filter((score) => score !== null)
    return known.length > 0 ? Math.max(...known) : undefined
  })
  const values = [...reached.filter((one) => one !== undefined), baseline, target]
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const y = (score: number) => 16 + (1 - (score - low) / Math.max(1, high - low)) * (TALL - 16)
  const wide = 100 / rounds.length
  const text = jobWords.campaign
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
          const score = reached[index]
          const [from, to] = [`${index * wide}%`, `${(index + 1) * wide}%`]
          const level = score ?? (here ? baseline : undefined)
          const before = index > 0 ? reached[index - 1] : undefined
          return (
            <g key={one.jobId}>
              {level !== undefined && (
                <line className={here ? 'step here' : 'step'} x1={from} x2={to} y1={y(level)} y2={y(level)} />
              )}
              {level !== undefined && before !== undefined && (
                <line className="step" x1={from} x2={from} y1={y(before)} y2={y(level)} />
              )}
              {here && score === undefined && (
                <line className="target" x1={from} x2={to} y1={y(target)} y2={y(target)} />
              )}
              {level !== undefined && (
                <text x={from} dx="6" y={y(level) - 6} className="fill-ink">
                  {scoreText(level, metric)}
                </text>
              )}
              <text x={from} dx="6" y={TALL + 22} className={here ? 'fill-accent font-semibold' : 'fill-ink-2'}>
                {text.round(index + 1)}
              </text>
            </g>
          )
        })}
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
