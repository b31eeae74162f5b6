import { Link } from '@tanstack/react-router'
import type { JSX } from 'react'
import { amountText, type Token } from '../market/amounts'
import { luckOf } from '../market/luck'
import { fractionOf, nextDeadline, stepAt } from '../market/phases'
import { metricName, scoreText } from '../market/scores'
import { durationText } from '../market/times'
import type { Job } from '../market/types'
import { words } from '../words'
import { Foreign } from './Foreign'
import { PhaseStrip } from './PhaseStrip'
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
export function JobRow({ job, now, token }: { job: Job; now: number; token: Token | undefined }): JSX.Element {
  const { terms } = job
  const { step, over } = stepAt(job, now)
  const deadline = nextDeadline(job, now)
  const target = targetOf(job)
  const today = scoreText(terms.baseline, terms.metric)
  return (
    <article className="job-row relative grid items-start gap-x-8 gap-y-4 border-b border-line py-6 [grid-template-columns:minmax(0,4.2fr)_minmax(0,3fr)_minmax(0,3.2fr)_minmax(8.5rem,1.6fr)]">
      <div>
        <h3 className="text-16">
          <Link
            to="/jobs/$jobId"
            params={{ jobId: String(job.jobId) }}
            className="line-clamp-2 text-ink no-underline after:absolute after:inset-0 hover:text-accent"
          >
            <Foreign text={terms.title} />
          </Link>
        </h3>
        <div className="mt-2 flex flex-wrap gap-1.5">
          <span className="pill">
            {step === 'join'
              ? words.market.joined(job.participants, terms.maxParticipants)
              : words.market.sealed(job.committed, terms.maxParticipants)}
          </span>
          {token && terms.stake !== '0' && (
            <span className="pill">{words.market.stake(amountText(BigInt(terms.stake), token))}</span>
          )}
          {terms.rule.kind === 'fixed' && <span className="pill">{words.market.fixed}</span>}
        </div>
      </div>
      <div>
        <div className="mb-2 flex flex-wrap justify-between gap-2">
          <span className={`tag ${over ? (job.ending === 'settled' ? 'ok' : 'off') : TAGS[step]}`}>
            {over ? words.market.phases.ended : words.stepNow[step]}
          </span>
          {deadline !== null && (
            <span className="text-14 text-ink-3">{words.market.left(durationText(deadline - now))}</span>
          )}
        </div>
        <PhaseStrip step={step} over={over} fraction={fractionOf(job, now)} />
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
          {token ? amountText(BigInt(job.escrow), token) : '…'}{' '}
          <small className="text-13 font-medium text-ink-2">{token?.symbol}</small>
        </div>
        <p className="text-12 text-ink-3">{reward(job, token)}</p>
      </div>
    </article>
  )
}

function reward(job: Job, token: Token | undefined): string {
  const { rule } = job.terms
  if (!token || !('reward' in rule)) return words.market.escrow
  const each = BigInt(rule.reward)
  return words.market.fixedEach(Number(BigInt(job.escrow) / each), amountText(each, token))
}
