import { Link } from '@tanstack/react-router'
import type { JSX } from 'react'
import { getAddress } from 'viem'
import { amountText, type Token } from '../market/amounts'
import { dataShapeOf } from '../market/dataKind'
import { luckOf } from '../market/luck'
import { fractionOf, nextDeadline, reachedOf, type Step, stepAt } from '../market/phases'
import { useRecomputedJob } from '../market/recomputed'
import type { RoundOf } from '../market/rounds'
import { metricName, scoreText } from '../market/scores'
import { durationText } from '../market/times'
import type { Job } from '../market/types'
import type { ListedJob } from '../market/useMarket'
import { words } from '../words'
import { shortened } from './AddressText'
import { Amount } from './Amount'
import { Foreign } from './Foreign'
import { PhaseStrip } from './PhaseStrip'
import { Provenance } from './Provenance'
import { ScoreBar } from './ScoreBar'

/** Shape of the tag of each step. */
const TAGS = { join: 'open', reveal: 'wait', declare: 'wait', publish: 'wait', paid: 'wait' } as const

/** What a job pays for, as one target on the scale of its metric. */
export function targetOf(job: Job): number | undefined {
  const { rule, baseline } = job.terms
  if ('target' in rule) return rule.target
  if ('threshold' in rule) return baseline + rule.threshold
  return undefined
}

/** A job in the market's list. */
export function JobRow(props: {
  job: ListedJob
  now: number
  token: Token | undefined
  /** Whether the list has jobs of several Applications. */
  several: boolean
}): JSX.Element {
  const { job, now, token, several } = props
  const { campaign } = job
  const { terms } = job
  const provenance = useRecomputedJob(job, listed)
  const { step, over } = stepAt(job, now)
  const deadline = nextDeadline(job, now)
  const target = targetOf(job)
  const today = scoreText(terms.baseline, terms.metric)
  return (
    <article className="job-row relative grid items-start gap-x-8 gap-y-4 border-b border-line py-6 [grid-template-columns:minmax(0,4fr)_minmax(0,3.3fr)_minmax(0,3.1fr)_minmax(8.5rem,1.6fr)]">
      <div>
        <h3 className="text-16">
          <Link
            to="/jobs/$jobId"
            params={{ jobId: String(job.jobId) }}
            search={{ app: job.app }}
            className="line-clamp-2 text-ink no-underline after:absolute after:inset-0 hover:text-accent"
          >
            <Foreign text={terms.title} />
          </Link>
        </h3>
        <p className="mt-0.5 text-14 text-ink-2">{words.market.shape(dataShapeOf(terms.architecture))}</p>
        <div className="mt-2 flex flex-wrap gap-1.5">
          {campaign && <Round {...campaign} />}
          <span className="pill">
            {step === 'join'
              ? words.market.joined(job.participants, terms.maxParticipants)
              : words.market.sealed(job.committed, terms.maxParticipants)}
          </span>
          {token && terms.stake !== '0' && (
            <span className="pill">{words.market.stake(amountText(BigInt(terms.stake), token))}</span>
          )}
          {several && <span className="pill">{shortened(getAddress(job.app))}</span>}
          {terms.rule.kind === 'fixed' && <span className="pill">{words.market.fixed}</span>}
        </div>
      </div>
      <div>
        <div className="mb-2 flex flex-wrap justify-between gap-2">
          <span className={`tag ${over ? (job.ending === 'settled' ? 'ok' : 'off') : TAGS[step]}`}>
            {over ? words.market.phases.ended : words.stepNow[step]}
          </span>
          {deadline !== null && (
            <span className="text-13 text-ink-3">{words.market.left(durationText(deadline - now))}</span>
          )}
        </div>
        <PhaseStrip step={over ? reachedOf(job) : step} over={over} fraction={fractionOf(job, now)} />
      </div>
      <div>
        {target !== undefined && (
          <>
            <div className="flex justify-between text-12 text-ink-3">
              <span>{metricName(terms.metric)}</span>
              <span>
                {today} → {scoreText(target, terms.metric)}
              </span>
            </div>
            <ScoreBar
              today={terms.baseline}
              target={target}
              luck={luckOf(terms, job.rows ?? terms.minRows) ?? 0}
              label={words.market.fromTo(today, scoreText(target, terms.metric))}
            />
          </>
        )}
      </div>
      <div className="text-right">
        <div className="text-22 font-semibold tracking-tight">
          {token ? <Amount value={BigInt(job.escrow)} token={token} /> : '…'}{' '}
          <small className="text-13 font-medium text-ink-2">{token?.symbol}</small>{' '}
          <span className="relative z-1">
            <Provenance state={provenance} />
          </span>
        </div>
        <p className="text-12 text-ink-3">{reward(job, token, step)}</p>
      </div>
    </article>
  )
}

/** What a row tells of a job. */
function listed({ escrow, participants, committed, declared, ending, terms }: Job): unknown {
  const { title, metric, baseline, rule, stake, maxParticipants, commitUntil } = terms
  return [
    escrow,
    participants,
    committed,
    declared,
    ending,
    title,
    metric,
    baseline,
    rule,
    stake,
    maxParticipants,
    commitUntil,
  ]
}

/** A round of a campaign: a square each, those before dark, this one blue. */
function Round({ round, known }: RoundOf): JSX.Element {
  const shown = Math.min(known, MOST_SQUARES)
  return (
    <span className="pill">
      <svg width={shown * 11 - 2} height="9" aria-hidden="true">
        {Array.from({ length: shown }, (_, index) => index + 1).map((one) => (
          <rect
            key={one}
            x={(one - 1) * 11}
            width="9"
            height="9"
            className={one < round ? 'fill-ink-3' : one === round ? 'fill-accent' : 'fill-line'}
          />
        ))}
      </svg>
      {words.market.round(round, known)}
    </span>
  )
}

/** Most rounds that are drawn. */
const MOST_SQUARES = 8

/** What the amount is for, as far as the phase tells. */
function reward(job: Job, token: Token | undefined, step: Step): string {
  const { terms } = job
  const { rule } = terms
  if (!token) return words.market.escrow
  if (job.ending !== null) {
    const back = BigInt(job.sponsorRefund ?? 0)
    return back > 0n ? words.market.refunded(amountText(back, token)) : words.market.escrow
  }
  if (step === 'reveal' && !job.revealed) {
    return words.market.bond(amountText((BigInt(job.escrow) * BigInt(terms.bondBps)) / 10_000n, token))
  }
  if (step === 'declare') return words.market.due(job.declared, job.committed)
  if ('target' in rule) return words.market.reaching(scoreText(rule.target, terms.metric))
  if (!('reward' in rule)) return words.market.escrow
  const each = BigInt(rule.reward)
  return words.market.fixedEach(Number(BigInt(job.escrow) / each), amountText(each, token))
}
