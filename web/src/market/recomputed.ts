import { useQuery } from '@tanstack/react-query'
import { bytesToHex } from 'viem'
import { useSettings } from '../app/context'
import type { ProvenanceState } from '../components/Provenance'
import { marketKey, type RecomputedJob, replayStore, type Standing } from '../files/replayStore'
import type { StoredOutput } from '../node/outputs'
import { isVerified } from './phases'
import type { Asked, CampaignRound, Job, JobDetail } from './types'

/** Pause between looks at what the replay has kept. */
export const LOOK_MS = 4_000

/** What this browser has computed itself: the facts of a job, told by the same functions as the node's. */
export type Recomputed = (pick: (detail: RecomputedJob) => unknown) => ProvenanceState

/**
 * Where each fact about a job comes from: `checked` if this browser's own replay says the same, `differs` if it says
 * otherwise of the very inputs that the node answered about, and else the node's word.
 */
export function useRecomputed(detail: JobDetail | undefined): Recomputed {
  const { data } = useKept(detail?.job.jobId)
  return (pick) => (detail && data ? provenance(detail, data, pick) : 'node')
}

/** The same of a job in a list, of which nobody knows when the node was asked: its own word, unless it was recomputed. */
export function useRecomputedJob(job: Job, pick: (job: Job) => unknown): ProvenanceState {
  const { data } = useKept(job.jobId)
  const same = data?.job && JSON.stringify(pick(job)) === JSON.stringify(pick(data.job.job))
  return same ? 'checked' : 'node'
}

/** What the replay has kept of a job. */
function useKept(jobId: number | undefined) {
  const market = marketKey(useSettings())
  return useQuery({
    queryKey: ['recomputed', market, jobId],
    enabled: jobId !== undefined,
    refetchInterval: LOOK_MS,
    queryFn: async () => {
      const db = await replayStore()
      const [job, standing] = await Promise.all([db.get('jobs', [market, jobId ?? 0]), db.get('standings', market)])
      return { job: job ?? null, standing: standing ?? null }
    },
  })
}

/**
 * Where the rounds of a campaign come from: recomputed if this browser's replay finds the same scores, each round after
 * the same one.
 *
 * @param rounds the newest first.
 * @param before what the oldest of them continues, if anything.
 * @param begins what the model of each scored when it began, by job, where that is known.
 */
export function useRecomputedRounds(
  rounds: readonly CampaignRound[],
  before: number | null,
  begins: ReadonlyMap<number, number>,
): ProvenanceState {
  const market = marketKey(useSettings())
  const numbers = rounds.map((one) => one.jobId)
  const { data } = useQuery({
    queryKey: ['recomputedRounds', market, numbers],
    refetchInterval: LOOK_MS,
    queryFn: async () => {
      const db = await replayStore()
      return Promise.all(numbers.map(async (one) => (await db.get('jobs', [market, one])) ?? null))
    },
  })
  const same = rounds.every((one, index) => {
    const own = data?.[index]
    const follows = numbers[index + 1] ?? before ?? 0
    if (!own) return false
    const begun = begins.get(one.jobId) ?? own.job.terms.baseline
    return JSON.stringify([one.best, one.average, follows, begun]) === JSON.stringify(roundOf(own))
  })
  return same ? 'checked' : 'node'
}

/** A round's best score, its average's, the job that it continues, and what its model scored when it began. */
function roundOf({ job, clients }: RecomputedJob): (number | null)[] {
  const scores = clients.filter(isVerified).flatMap((one) => one.score ?? [])
  return [
    scores.length > 0 ? Math.max(...scores) : null,
    job.average?.score ?? null,
    job.terms.previousJob,
    job.terms.baseline,
  ]
}

/** How many outputs of the market this browser's replay has computed; 0 where it has not run. */
export function useRecomputedCount(): number {
  const market = marketKey(useSettings())
  const { data } = useQuery({
    queryKey: ['recomputedCount', market],
    refetchInterval: LOOK_MS,
    queryFn: async () => ((await (await replayStore()).get('replays', market))?.outputs.length ?? 0) / 32,
  })
  return data ?? 0
}

/** Where one fact comes from; a node's answer is about the replay's own inputs if it came while there were no others. */
export function provenance(
  detail: JobDetail,
  kept: { job: RecomputedJob | null; standing: Standing | null },
  pick: Parameters<Recomputed>[0],
): ProvenanceState {
  const { job, standing } = kept
  return judged(job !== null && JSON.stringify(pick(detail)) === JSON.stringify(pick(job)), detail, standing)
}

/** What follows from a comparison: what is not the same differs only if it is of the same inputs. */
export function judged(same: boolean, { asked, received }: Asked, standing: Standing | null): ProvenanceState {
  if (same) return 'checked'
  return standing !== null && standing.since <= asked && received <= standing.until ? 'differs' : 'node'
}

/** Where outputs come from: this browser's replay has computed the same, another one, or none yet. */
export function useRecomputedOutputs(): (output: Pick<StoredOutput, 'index' | 'hash'>) => ProvenanceState {
  const market = marketKey(useSettings())
  const { data } = useQuery({
    queryKey: ['recomputedOutputs', market],
    refetchInterval: LOOK_MS,
    queryFn: async () => (await (await replayStore()).get('replays', market))?.outputs ?? new Uint8Array(),
  })
  return ({ index, hash }) => {
    const own = data?.subarray(index * 32, (index + 1) * 32)
    if (own?.length !== 32) return 'node'
    return bytesToHex(own) === hash ? 'checked' : 'differs'
  }
}
