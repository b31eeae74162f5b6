import { useQueries } from '@tanstack/react-query'
import type { Address } from 'viem'
import { useSettings } from '../app/context'
import { type Duty, dutyOf } from './duty'
import { fetchJob } from './fetch'
import type { Account, Client, JobDetail } from './types'

/** Pause between looks at the jobs that somebody is part of. */
const LOOK_MS = 8_000

/** Most jobs of an account that are read one by one: the newest. */
const MOST = 40

/** A job that an account is part of, what it has to do in it now, and its own record there if it is a client. */
export interface OwnJob {
  detail: JobDetail
  me: Client | undefined
  duty: Duty
}

/** The newest jobs of an account, the newest first; those that the dapp has forgotten are missing. */
export function useOwnJobs(account: Address | undefined, view: Account | null | undefined, now: number | undefined) {
  const settings = useSettings()
  const numbers = [...new Set([...(view?.jobs.client ?? []), ...(view?.jobs.sponsor ?? [])])]
  const newest = numbers.sort((a, b) => b - a).slice(0, MOST)
  return useQueries({
    queries: newest.map((jobId) => ({
      queryKey: ['job', settings.appAddress, jobId],
      queryFn: () => fetchJob(settings, jobId),
      refetchInterval: LOOK_MS,
    })),
    combine: (found) => ({
      isPending: found.some((one) => one.isPending),
      jobs: now === undefined ? [] : found.flatMap(({ data }) => (data ? [owned(data, account, now)] : [])),
    }),
  })
}

function owned(detail: JobDetail, account: Address | undefined, now: number): OwnJob {
  const me = detail.clients.find((one) => one.client.toLowerCase() === account?.toLowerCase())
  return { detail, me, duty: dutyOf(detail, account, me, now) }
}

/** What an account could lose in a job, in the token's smallest unit: its stake, and a sponsor's bond until it reveals. */
export function atRisk({ detail, me }: OwnJob, account: Address | undefined): bigint {
  const { job } = detail
  if (job.ending !== null) return 0n
  const sponsors = job.sponsor.toLowerCase() === account?.toLowerCase()
  const bond = sponsors && !job.revealed ? (BigInt(job.escrow) * BigInt(job.terms.bondBps)) / 10_000n : 0n
  return bond + (me ? BigInt(me.stake) : 0n)
}
