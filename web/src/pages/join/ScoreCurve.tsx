import type { JSX } from 'react'
import { scoreText } from '../../market/scores'
import type { Epoch } from '../../python/protocol'
import { joinWords } from '../../words/join'

/** Height of the drawing in pixels, and room above and below the line. */
const TALL = 120
const MARGIN = 10

/** The score on rows held back, pass by pass; it grows only because training has come further. */
export function ScoreCurve({ epochs, metric }: { epochs: readonly Epoch[]; metric: string }): JSX.Element | null {
  const scored = epochs.flatMap(({ number, score }) => (score === undefined ? [] : [{ number, score }]))
  const [first, last] = [scored[0], scored.at(-1)]
  const total = epochs.at(-1)?.total ?? 0
  if (!first || !last || scored.length < 2 || total < 2) return null
  const scores = scored.map((one) => one.score)
  const [low, high] = [Math.min(...scores), Math.max(...scores)]
  const x = (number: number) => (100 * (number - 1)) / (total - 1)
  const y = (score: number) => MARGIN + (1 - (score - low) / Math.max(1, high - low)) * (TALL - 2 * MARGIN)
  const text = joinWords.train.curve
  const points = scored.map((one) => `${x(one.number).toFixed(2)},${y(one.score).toFixed(1)}`).join(' ')
  return (
    <figure className="w-full">
      <figcaption className="mb-1 text-13 text-ink-2">{text.title}</figcaption>
      <svg
        className="curve w-full"
        height={TALL}
        viewBox={`0 0 100 ${TALL}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={text.label(scoreText(first.score, metric), scoreText(last.score, metric), last.number)}
      >
        <line className="axis" x1="0" x2="100" y1={TALL - 0.5} y2={TALL - 0.5} />
        <polyline points={points} />
      </svg>
      <div className="mt-1 flex justify-between text-12 text-ink-3" aria-hidden="true">
        <span>{text.from(scoreText(first.score, metric))}</span>
        <span>{text.pass(total)}</span>
      </div>
    </figure>
  )
}
