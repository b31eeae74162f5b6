import type { JSX } from 'react'
import { fractionOf, nextDeadline, reachedOf, STEPS, type Step, stepAt, windows } from '../market/phases'
import { durationText, timeText } from '../market/times'
import type { Job } from '../market/types'
import { words } from '../words'
import { jobWords } from '../words/job'
import { Mark } from './Mark'

/** The five phases with their ends, what happened in them or who may do what, and where now is. */
export function Timeline({ job, now }: { job: Job; now: number }): JSX.Element {
  const { step, over } = stepAt(job, now)
  const current = STEPS.indexOf(over ? reachedOf(job) : step)
  const ends = windows(job)
  const deadline = nextDeadline(job, now)
  return (
    <section aria-label={jobWords.page.timeline} className="pt-8 pb-8">
      <ol className="grid gap-0.5 table:grid-cols-[2.6fr_1.7fr_2fr_3.4fr_2fr]">
        {STEPS.map((one, index) => {
          const state = index < current || (over && index === current) ? 'done' : index === current ? 'now' : 'next'
          const { end } = ends[one]
          return (
            <li
              key={one}
              aria-current={state === 'now' ? 'step' : undefined}
              className="relative border-line pt-3 pr-4 text-13 text-ink-3 aria-[current=step]:border-wash aria-[current=step]:text-ink data-[state=done]:border-ink-3 data-[state=done]:text-ink-2 max-table:border-l-6 max-table:pt-0 max-table:pb-4 max-table:pl-4 table:border-t-6"
              data-state={state}
            >
              {state === 'now' && <Now fraction={fractionOf(job, now)} />}
              <b className="block text-16 font-semibold text-ink">{words.steps[one]}</b>
              {end !== null && <span className="mb-1 block text-ink-3">{jobWords.page.until(timeText(end))}</span>}
              {state === 'now' && deadline !== null && (
                <strong className="block font-semibold">{words.market.left(durationText(deadline - now))}</strong>
              )}
              {over && state === 'next' ? jobWords.page.notReached : jobWords.page.timelineText[one](job)}{' '}
              {PROVEN[one] && state !== 'next' && <Mark {...PROVEN[one]} />}
            </li>
          )
        })}
      </ol>
    </section>
  )
}

/** What proves the numbers of a step; where there are none, nothing. */
const PROVEN: Partial<Record<Step, Parameters<typeof Mark>[0]>> = {
  join: { fact: ({ job }) => [job.participants, job.committed], notice: 'Accepted' },
  reveal: { fact: ({ job }) => [job.revealed, job.rows], notice: 'HoldoutRevealed' },
  declare: { fact: ({ job }) => job.declared, notice: 'Declared' },
  publish: { fact: ({ job }) => [job.round, job.roundUntil], notice: 'DuesFixed' },
}

function Now({ fraction }: { fraction: number }): JSX.Element {
  const x = `${(fraction * 100).toFixed(1)}%`
  return (
    <svg className="absolute -top-1.5 left-0 h-1.5 w-full overflow-visible max-table:hidden" aria-hidden="true">
      <rect width={x} height="6" className="fill-accent" />
      <line x1={x} x2={x} y1="-4" y2="10" className="stroke-accent" strokeWidth="2" />
      <text x={x} y="-8" textAnchor="middle" className="fill-accent text-12 font-semibold">
        {jobWords.page.now}
      </text>
    </svg>
  )
}
