import type { JSX } from 'react'
import { STEPS, type Step } from '../market/phases'
import { words } from '../words'

/** Width of a step and of the gap after it, in percent of the strip. */
const WIDTH = 19
const PITCH = 20.25

/** The five steps of a job, always drawn the same way: what has passed, where it is now, what comes. `step` of one that is over is the last it came to. */
export function PhaseStrip({ step, fraction, over }: { step: Step; fraction: number; over: boolean }): JSX.Element {
  const current = STEPS.indexOf(step)
  const at = [current + 1, words.steps[step]] as const
  const label = over ? (step === 'paid' ? words.strip.over : words.strip.endedIn(...at)) : words.strip.at(...at)
  return (
    <svg className="strip h-2 w-full overflow-visible" role="img" aria-label={label}>
      {STEPS.map((one, index) => {
        const x = `${index * PITCH}%`
        if (over ? index <= current : index < current)
          return <rect key={one} className="done" x={x} y="1" width={`${WIDTH}%`} height="6" />
        if (index > current) return <rect key={one} className="next" x={x} y="1" width={`${WIDTH}%`} height="6" />
        return (
          <g key={one}>
            <rect className="left" x={x} y="1" width={`${WIDTH}%`} height="6" />
            <rect className="passed" x={x} y="1" width={`${WIDTH * fraction}%`} height="6" />
          </g>
        )
      })}
    </svg>
  )
}
