import type { JSX } from 'react'

export interface ScoreBarProps {
  /** Parts per million, all of them. */
  today: number
  target: number
  score?: number | undefined
  /** Where the score could plausibly lie on other rows of the same kind. */
  range?: readonly [number, number] | undefined
  /** Gain over today's model that luck could explain. */
  luck?: number
  /** Least and greatest value on the axis, where several bars are to have the same. */
  axis?: readonly [number, number] | undefined
  mine?: boolean
  label: string
}

/** Share of the axis left free at either end, so that marks near an end stay whole. */
const MARGIN = 0.06

/** A score between today's model and the target: tick today, hatch luck, dashed target, dot score, line its range. */
export function ScoreBar(props: ScoreBarProps): JSX.Element {
  const { today, target, score, range, luck = 0, axis, mine = false, label } = props
  const values = axis ?? [today, target, score ?? today]
  const low = Math.min(...values)
  const span = Math.max(Math.max(...values) - low, 1)
  const scale = (value: number) => {
    const share = ((value - low) / span + MARGIN) / (1 + 2 * MARGIN)
    return 100 * Math.min(1, Math.max(0, share))
  }
  const x = (value: number) => `${scale(value).toFixed(2)}%`
  return (
    <svg className="score-bar" role="img" aria-label={label} data-mine={mine}>
      {luck > 0 && (
        <rect
          className="luck"
          x={x(today)}
          width={`${(scale(today + luck) - scale(today)).toFixed(2)}%`}
          y="5"
          height="16"
          fill="url(#hatch)"
        />
      )}
      <line className="axis" x1="0" x2="100%" y1="13" y2="13" />
      <line className="today" x1={x(today)} x2={x(today)} y1="3" y2="23" />
      <line className="target" x1={x(target)} x2={x(target)} y1="3" y2="23" />
      {range && <line className="range" x1={x(range[0])} x2={x(range[1])} y1="13" y2="13" />}
      {score !== undefined && (
        <circle className="dot" data-open={score <= today} cx={x(score)} cy="13" r={score <= today ? 4 : 5} />
      )}
    </svg>
  )
}

/** The pattern of what is nobody's, defined once for the page. */
export function HatchPattern(): JSX.Element {
  return (
    <svg className="absolute h-0 w-0 overflow-hidden" aria-hidden="true" focusable="false">
      <defs>
        <pattern
          id="hatch"
          className="hatch"
          width="5"
          height="5"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <path d="M0 0V5" />
        </pattern>
      </defs>
    </svg>
  )
}
