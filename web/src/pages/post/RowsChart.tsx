import type { JSX } from 'react'
import { differenceText } from '../../market/scores'
import type { Measured } from '../../python/protocol'
import { postWords } from '../../words/post'

/** Height of the tallest bar, of the text above a bar and of the text below the axis, in pixels. */
const BAR = 84
const ABOVE = 20
const BELOW = 28

/** Share of a place that its bar fills. */
const FILLED = 0.7

/** What so many rows can tell from luck, beside what others could. */
export function RowsChart(props: { measured: Measured; metric: string; places: number }): JSX.Element {
  const { measured, metric, places } = props
  const { rows, least, practice } = measured
  const text = postWords.rows
  if (least === null || practice === null) return <p className="text-14 text-ink-2">{text.paysLuck}</p>
  const bars = [...measured.others.filter(([count]) => count !== rows), [rows, least] as const].sort(
    ([a], [b]) => a - b,
  )
  const most = Math.max(...bars.map(([, gain]) => gain))
  const width = 100 / bars.length
  const said = bars.map(([count, gain]) => text.chartPart(differenceText(gain, metric), count.toLocaleString('en')))
  return (
    <section className="grid gap-2">
      <h2>{text.tell(rows)}</h2>
      <p className="text-14 text-ink-2">
        {text.least(places, differenceText(least, metric), differenceText(practice, metric))}
      </p>
      <figure>
        <svg
          className="w-full overflow-visible text-13"
          height={ABOVE + BAR + BELOW}
          role="img"
          aria-label={text.chart(said.join(', '))}
        >
          {bars.map(([count, gain], index) => {
            const height = Math.max(1, (gain / most) * BAR)
            const middle = `${(index + 0.5) * width}%`
            return (
              <g key={count}>
                <rect
                  x={`${(index + (1 - FILLED) / 2) * width}%`}
                  y={ABOVE + BAR - height}
                  width={`${FILLED * width}%`}
                  height={height}
                  className={count === rows ? 'fill-accent' : 'fill-edge'}
                />
                <text x={middle} y={ABOVE + BAR - height - 6} textAnchor="middle" className="fill-ink">
                  {differenceText(gain, metric)}
                </text>
                <text x={middle} y={ABOVE + BAR + 18} textAnchor="middle" className="fill-ink-2">
                  {count.toLocaleString('en')}
                </text>
              </g>
            )
          })}
          <line x1="0" x2="100%" y1={ABOVE + BAR} y2={ABOVE + BAR} className="stroke-edge" />
        </svg>
        <figcaption className="text-13 text-ink-3">{text.chartCaption}</figcaption>
      </figure>
    </section>
  )
}
