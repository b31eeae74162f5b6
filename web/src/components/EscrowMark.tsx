import type { JSX } from 'react'
import { useSettings } from '../app/context'
import { useRecomputedOpen } from '../market/holding'
import type { ListedJob } from '../market/useMarket'
import { Provenance } from './Provenance'

/**
 * The mark behind what is in escrow of some jobs together: recomputed where this browser's replay has run all inputs and
 * finds the same amounts in the same jobs, none of them missing.
 */
export default function EscrowMark(props: {
  jobs: readonly ListedJob[]
  /** Those of some jobs that are meant. */
  chosen: (jobs: readonly ListedJob[]) => ListedJob[]
}): JSX.Element | null {
  const own = useRecomputedOpen(useSettings().applications)
  if (props.jobs.every((one) => one.ending !== null)) return null
  const same = own !== undefined && amounts(props.jobs) === amounts(props.chosen(own))
  return <Provenance state={same ? 'checked' : 'node'} />
}

function amounts(jobs: readonly ListedJob[]): string {
  const open = jobs.filter((one) => one.ending === null)
  return JSON.stringify(open.map((one) => [one.app, one.jobId, one.terms.rewardToken, one.escrow].join()).sort())
}
