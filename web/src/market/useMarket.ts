import { useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Address } from 'viem'
import { useSettings } from '../app/context'
import { contradicts } from './folding'
import { useJobIndex, useJobs } from './hooks'
import type { KnownJobs } from './jobIndex'
import type { RoundOf } from './rounds'
import type { Job, JobDetail } from './types'

/** A job and the Application whose number it has. */
export interface ListedJob extends Job {
  app: Address
  /** Where the job stands in its campaign, if it is part of one. */
  campaign: RoundOf | undefined
}

export interface MarketView {
  jobs: Job[]
  /** Jobs of which the node says otherwise than its own notices. */
  contradicted: number[]
}

/** All jobs: those that the node tells of, and from their notices those that it has forgotten. */
export function useMarket(): { data: MarketView | undefined; isPending: boolean } {
  const told = useJobs()
  const index = useJobIndex()
  const jobs = told.data?.jobs
  const known = index.data
  const data = useMemo(() => (jobs || known ? merged(jobs ?? [], known) : undefined), [jobs, known])
  return { data, isPending: told.isPending && !known }
}

/** What the node tells, completed from the index by what the chain has accepted. */
export function merged(told: readonly Job[], known: KnownJobs | undefined): MarketView {
  if (!known) return { jobs: [...told], contradicted: [] }
  const numbers = new Set(told.map((one) => one.jobId))
  const forgotten = [...known.jobs.values()].filter(({ job, place }) => !numbers.has(job.jobId) && place < known.proven)
  const contradicted = told.filter((one) => {
    const indexed = known.jobs.get(one.jobId)
    return indexed !== undefined && contradicts(one, indexed.job)
  })
  return {
    jobs: [...told, ...forgotten.map((one) => one.job)],
    contradicted: contradicted.map((one) => one.jobId),
  }
}

/** Jobs of which the node says otherwise than its own notices: in its list, or where it was asked about one alone. */
export function useContradicted(): number[] {
  const queries = useQueryClient()
  const { appAddress } = useSettings()
  const inList = useMarket().data?.contradicted ?? []
  const known = useJobIndex().data
  const details = queries.getQueriesData<JobDetail>({ queryKey: ['job', appAddress] })
  const alone = details.flatMap(([, one]) => (one ? merged([one.job], known).contradicted : []))
  return [...new Set([...inList, ...alone])]
}
