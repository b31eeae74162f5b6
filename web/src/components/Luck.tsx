import type { JSX } from 'react'
import { type Luckiest, luckiestOf, luckOf } from '../market/luck'
import { differenceText, scoreText } from '../market/scores'
import type { JobDetail } from '../market/types'
import { jobWords } from '../words/job'
import { Mark } from './Mark'

/** About how many bars the chart has, and its heights in pixels: the tallest bar, the dots above the axis, the text below it. */
const BARS = 24
const TALL = 92
const BELOW = 26

/** What luck could explain with the rows of a job: a sentence, and how lucky the luckiest would look. */
export function Luck({ detail }: { detail: JobDetail }): JSX.Element {
  const { terms, rows } = detail.job
  const text = jobWords.luck
  const count = rows ?? terms.minRows
  const least = luckOf(terms, count)
  const luckiest = luckiestOf(terms, count)
  const said =
    least !== undefined
      ? text.text(count.toLocaleString('en'), terms.maxParticipants, differenceText(least, terms.metric))
      : terms.confidence === 0
        ? text.paid
        : text.depends
  return (
    <>
      <h3 className="mt-8 text-16">{text.title}</h3>
      <p className="mt-1 max-w-[68ch] text-14 text-ink-2">
        {said}{' '}
        <Mark
          fact={({ job }) => [job.rows, job.terms.confidence, job.terms.maxParticipants]}
          notice={rows === null ? 'JobCreated' : 'HoldoutRevealed'}
        />
      </p>
      {luckiest && <Chart detail={detail} luckiest={luckiest} />}
    </>
  )
}

/** How the best of so many models would be spread that learnt nothing, and where the declared scores lie. */
function Chart({ detail, luckiest }: { detail: JobDetail; luckiest: Luckiest }): JSX.Element {
  const { job, clients } = detail
  const { baseline, metric } = job.terms
  const text = jobWords.luck
  const { chances, counts, models, changed } = luckiest
  const declared = clients.flatMap((one) => (one.declared === null ? [] : [one.declared - baseline]))
  const most = Math.max(counts * 1.5, ...declared.map((one) => one * 1.08))
  // As many steps of the coins in each bar: bars of unequal count would show waves that are none.
  const step = (chances[1]?.gain ?? 1) - (chances[0]?.gain ?? 0)
  const width = step * Math.max(1, Math.round(most / BARS / step))
  const count = Math.ceil(most / width)
  const share = (100 * width) / most
  const bars = Array.from({ length: count }, (_, index) =>
    chances
      .filter(({ gain }) => Math.max(0, Math.floor(gain / width)) === index)
      .reduce((sum, one) => sum + one.chance, 0),
  )
  const tallest = Math.max(...bars)
  const x = (gain: number) => `${((100 * Math.max(0, gain)) / most).toFixed(2)}%`
  const shown = (gain: number) => scoreText(Math.round(baseline + gain), metric)
  return (
    <figure className="mt-4 max-w-[44rem]">
      <svg
        className="luck-chart w-full overflow-visible text-12"
        height={TALL + BELOW + 12}
        role="img"
        aria-label={text.chart(models, shown(counts))}
      >
        <rect width={x(counts)} y="12" height={TALL} fill="url(#hatch)" />
        {bars.map((chance, index) => (
          <rect
            // The bars have no other name than their place.
            // biome-ignore lint/suspicious/noArrayIndexKey: they never change places
            key={index}
            className="bar"
            x={`${(index + 0.06) * share}%`}
            width={`${0.88 * share}%`}
            y={12 + TALL - (chance / tallest) * (TALL - 14)}
            height={(chance / tallest) * (TALL - 14)}
          />
        ))}
        <line className="counts" x1={x(counts)} x2={x(counts)} y1="0" y2={12 + TALL} />
        <text x={x(counts)} dx="6" y="11" className="fill-ink-2">
          {text.from(shown(counts))}
        </text>
        <line className="axis" x1="0" x2="100%" y1={12 + TALL} y2={12 + TALL} />
        {declared.map((gain, index) => (
          <circle
            // biome-ignore lint/suspicious/noArrayIndexKey: a dot a declared score, in their order
            key={index}
            className="said"
            data-open={gain <= 0}
            cx={x(gain)}
            cy={12 + TALL - 8}
            r="4.5"
          />
        ))}
        <text x="0" y={TALL + 30} className="fill-ink-3">
          {shown(0)}
        </text>
        <text x="100%" y={TALL + 30} textAnchor="end" className="fill-ink-3">
          {shown(most)}
        </text>
      </svg>
      <figcaption className="mt-1 text-13 text-ink-3">{text.caption(models, changed, declared.length)}</figcaption>
    </figure>
  )
}
