import type { JSX } from 'react'

/** Height of the drawing, of which a part is left free at top and bottom, so that no line lies on the edge. */
const TALL = 100
const FREE = 6

interface Props {
  /** What is drawn, and which way is better. */
  title: string
  /** The same with its first and latest numbers, for who does not see the drawing. */
  label: string
  /** Place and value of each point, in order. */
  points: readonly (readonly [at: number, value: number])[]
  /** Where the axis ends, and what stands at both of its ends. */
  total: number
  ends: readonly [string, string]
  /** How values are written. */
  shown: (value: number) => string
  /** Whether the drawing reaches down to nought. */
  fromNought?: boolean
}

/** A line that grows as numbers come; a stroke marks how far it has come. */
export function Curve({ title, label, points, total, ends, shown, fromNought = false }: Props): JSX.Element {
  const values = points.map(([, value]) => value)
  const high = Math.max(...values)
  const low = fromNought ? Math.min(0, ...values) : Math.min(...values)
  const x = (at: number) => (100 * at) / Math.max(1, total)
  const y = (value: number) => FREE + (TALL - 2 * FREE) * (high > low ? (high - value) / (high - low) : 0.5)
  const [latest] = points.slice(-1)
  return (
    <figure className="curve w-full">
      <figcaption className="flex flex-wrap justify-between gap-x-4 text-13 text-ink-2">
        <span>{title}</span>
        {latest && <strong className="font-semibold text-ink">{shown(latest[1])}</strong>}
      </figcaption>
      <svg
        className="mt-1 h-28 w-full"
        viewBox={`0 0 100 ${TALL}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={label}
      >
        {[high, low].map((value) => (
          <line key={value} className="grid-line" x1="0" x2="100" y1={y(value)} y2={y(value)} />
        ))}
        {latest && <line className="now" x1={x(latest[0])} x2={x(latest[0])} y1="0" y2={TALL} />}
        <polyline className="line" points={points.map(([at, value]) => `${x(at)},${y(value)}`).join(' ')} />
        <line className="axis" x1="0" x2="100" y1={TALL} y2={TALL} />
      </svg>
      <p className="flex justify-between text-12 text-ink-3" aria-hidden="true">
        <span>{ends[0]}</span>
        <span>{ends[1]}</span>
      </p>
    </figure>
  )
}
