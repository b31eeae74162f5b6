import type { JSX } from 'react'
import { recognised } from '../../market/epsilon'
import { joinWords } from '../../words/join'

/** Ends of the scale, and what is written on it; each step is twice the one before. */
const LEAST = 0.25
const MOST = 16
const TICKS = [0.5, 1, 2, 4, 8]

/** What a budget promises, and, during a training, how much of it is spent. */
export function EpsilonScale(props: { epsilon: number; delta: number; spent?: number | undefined }): JSX.Element {
  const { epsilon, delta, spent } = props
  const text = joinWords.train.budget
  return (
    <div className="grid gap-2">
      <p className="flex justify-between gap-4 text-14">
        <span>{spent === undefined ? text.title : text.spentTitle}</span>
        <strong className="font-semibold">
          {spent === undefined ? number(epsilon) : text.spent(number(spent), number(epsilon))}
        </strong>
      </p>
      <svg
        className="epsilon-scale w-full overflow-visible text-12"
        height="60"
        role="img"
        aria-label={spent === undefined ? text.scale(number(epsilon)) : text.scaleSpent(number(spent), number(epsilon))}
      >
        <text x="4%" y="12" className="fill-ink-3">
          {text.more}
        </text>
        <text x="96%" y="12" textAnchor="end" className="fill-ink-3">
          {text.less}
        </text>
        <rect className="all" x="4%" y="29" width="92%" height="4" />
        {spent !== undefined && <rect className="spent" x="4%" y="26" width={`${placeOf(spent) - 4}%`} height="10" />}
        {TICKS.map((tick) => (
          <g key={tick}>
            <line className="tick" x1={`${placeOf(tick)}%`} x2={`${placeOf(tick)}%`} y1="22" y2="40" />
            <text x={`${placeOf(tick)}%`} y="56" textAnchor="middle" className="fill-ink-3">
              {tick}
            </text>
          </g>
        ))}
        <circle className="budget" cx={`${placeOf(epsilon)}%`} cy="31" r="7" />
      </svg>
      <p className="max-w-[58ch] text-14 text-ink-2">{text.means((100 * recognised(epsilon, delta)).toFixed(1))}</p>
      <details className="deeper">
        <summary>{text.exactly}</summary>
        <p className="mt-2 max-w-[58ch] text-14 text-ink-2">{text.promise(epsilon, delta)}</p>
      </details>
    </div>
  )
}

/** Where an epsilon stands, in percent of the width. */
function placeOf(epsilon: number): number {
  const part = Math.log2(Math.max(epsilon, LEAST) / LEAST) / Math.log2(MOST / LEAST)
  return 4 + 92 * Math.min(1, part)
}

function number(epsilon: number): string {
  return String(Number(epsilon.toFixed(2)))
}
