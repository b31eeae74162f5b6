import type { JSX } from 'react'
import { useAccount } from 'wagmi'
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

/** Dots closer than that stand on one another; in parts of the axis. */
const CLOSE = 0.014

/** Dots from left to right, each so many above the axis that none hides another. */
function stacked<D extends { gain: number }>(dots: readonly D[], most: number): (D & { above: number })[] {
  const placed: (D & { above: number })[] = []
  for (const one of [...dots].sort((a, b) => a.gain - b.gain)) {
    const near = placed.filter((other) => Math.max(0, one.gain) - Math.max(0, other.gain) < CLOSE * most)
    placed.push({ ...one, above: near.length })
  }
  return placed
}

/** Least room between two labels below the axis, and at its right end; in parts of it. */
const LABELS_APART = 0.2
const LABEL_FREE = 0.06

/** Gains with a label below them: today's model, and round scores above it, far enough apart to be read. */
function ticksOf(baseline: number, most: number): number[] {
  const wanted = most * LABELS_APART
  const unit = 10 ** Math.floor(Math.log10(wanted))
  const step = [1, 2, 2.5, 5, 10].map((one) => one * unit).find((one) => one >= wanted) ?? wanted
  const first = Math.ceil((baseline + step / 2) / step) * step - baseline
  const count = Math.max(0, Math.ceil((most * (1 - LABEL_FREE) - first) / step))
  return [0, ...Array.from({ length: count }, (_, index) => first + index * step)]
}

/** How the best of so many models would be spread that learnt nothing, and where the declared scores lie. */
function Chart({ detail, luckiest }: { detail: JobDetail; luckiest: Luckiest }): JSX.Element {
  const { job, clients } = detail
  const { baseline, metric } = job.terms
  const text = jobWords.luck
  const { chances, counts, models, changed } = luckiest
  const { address } = useAccount()
  const dots = clients.flatMap((one) =>
    one.declared === null
      ? []
      : [{ gain: one.declared - baseline, mine: one.client.toLowerCase() === address?.toLowerCase() }],
  )
  const most = Math.max(counts * 1.5, ...dots.map((one) => one.gain * 1.08))
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
        <text x="0" dx="6" y={12 + 16} className="luck fill-ink-2">
          {text.luck}
        </text>
        <text
          x={x(counts)}
          dx={counts > most / 2 ? -6 : 6}
          y="9"
          textAnchor={counts > most / 2 ? 'end' : 'start'}
          className="fill-ink-2"
        >
          {text.from(shown(counts), changed)}
        </text>
        <line className="axis" x1="0" x2="100%" y1={12 + TALL} y2={12 + TALL} />
        {stacked(dots, most).map(({ gain, mine, above }, index) => (
          <circle
            // biome-ignore lint/suspicious/noArrayIndexKey: a dot a declared score, in their order
            key={index}
            className="said"
            data-open={gain <= 0}
            data-mine={mine}
            cx={x(gain)}
            cy={12 + TALL - 8 - 11 * above}
            r="4.5"
          />
        ))}
        {ticksOf(baseline, most).map((gain, index) => (
          <g key={gain}>
            <line className="axis" x1={x(gain)} x2={x(gain)} y1={12 + TALL} y2={16 + TALL} />
            <text x={x(gain)} y={TALL + 30} textAnchor={index === 0 ? 'start' : 'middle'} className="fill-ink-3">
              {shown(gain)}
            </text>
          </g>
        ))}
      </svg>
      <figcaption className="mt-1 text-13 text-ink-3">{text.caption(models, changed, dots.length)}</figcaption>
    </figure>
  )
}
