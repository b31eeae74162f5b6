import { useQueries } from '@tanstack/react-query'
import type { Address } from 'viem'
import { useSettings } from '../app/context'
import { type Duty, dutyOf } from './duty'
import { fetchJob } from './fetch'
import { useJobs } from './hooks'
import type { Account, Client, JobDetail, JobWithClients } from './types'

/** Pause between looks at the jobs that somebody is part of. */
const LOOK_MS = 8_000

/** Most jobs of an account that are read one by one although they have ended: the newest. */
const MOST = 40

/** A job that an account is part of, what it has to do in it now, and its own record there if it is a client. */
export interface OwnJob<D extends JobWithClients = JobDetail> {
  detail: D
  me: Client | undefined
  duty: Duty
}

/** The jobs of an account that are open, and the newest of the others; those that the dapp has forgotten are missing. */
export function useOwnJobs(account: Address | undefined, view: Account | null | undefined, now: number | undefined) {
  const settings = useSettings()
  const numbers = [...new Set([...(view?.jobs.client ?? []), ...(view?.jobs.sponsor ?? [])])]
  const all = useJobs(numbers.length > MOST).data?.jobs
  const isOpen = new Set(all?.filter((one) => one.ending === null).map((one) => one.jobId))
  const newest = numbers.sort((a, b) => b - a).filter((one, index) => index < MOST || isOpen.has(one))
  return useQueries({
    queries: newest.map((jobId) => ({
      queryKey: ['job', settings.appAddress, jobId],
      queryFn: () => fetchJob(settings, jobId),
      refetchInterval: LOOK_MS,
    })),
    combine: (found) => ({
      isPending: found.some((one) => one.isPending) || (numbers.length > MOST && !all),
      jobs: now === undefined ? [] : found.flatMap(({ data }) => (data ? [owned(data, account, now)] : [])),
    }),
  })
}

/** A job with the part that an account has in it. */
export function owned<D extends JobWithClients>(detail: D, account: Address | undefined, now: number): OwnJob<D> {
  const me = detail.clients.find((one) => one.client.toLowerCase() === account?.toLowerCase())
  return { detail, me, duty: dutyOf(detail, account, me, now) }
}

type AnyOwnJob = OwnJob<JobWithClients>

/** What an account could lose in a job, in the token's smallest unit: its stake, and a sponsor's bond until it reveals. */
export function atRisk({ detail, me }: AnyOwnJob, account: Address | undefined): bigint {
  const { job } = detail
  if (job.ending !== null) return 0n
  const sponsors = job.sponsor.toLowerCase() === account?.toLowerCase()
  const bond = sponsors && !job.revealed ? (BigInt(job.escrow) * BigInt(job.terms.bondBps)) / 10_000n : 0n
  return bond + (me ? BigInt(me.stake) : 0n)
}

/** Jobs for which an account is paid if it publishes. */
export function dueOf<J extends AnyOwnJob>(jobs: readonly J[]): J[] {
  return jobs.filter((one) => one.duty.kind === 'publish')
}

/** Jobs of which an account can lose something by doing nothing now. */
export function losableOf<J extends AnyOwnJob>(jobs: readonly J[]): J[] {
  return jobs.filter((one) => one.duty.kind === 'publish' || one.duty.kind === 'reveal')
}
