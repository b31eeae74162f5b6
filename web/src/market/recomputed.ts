import { useQuery } from '@tanstack/react-query'
import { bytesToHex } from 'viem'
import { useSettings } from '../app/context'
import type { ProvenanceState } from '../components/Provenance'
import { marketKey, type RecomputedJob, replayStore, type Standing } from '../files/replayStore'
import type { StoredOutput } from '../node/outputs'
import type { Job, JobDetail } from './types'

/** Pause between looks at what the replay has kept. */
const LOOK_MS = 4_000

/** What this browser has computed itself: the facts of a job, told by the same functions as the node's. */
export type Recomputed = (pick: (detail: Pick<JobDetail, 'job' | 'clients'>) => unknown) => ProvenanceState

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
  const isOfSameInputs = standing !== null && standing.since <= detail.asked && detail.received <= standing.until
  if (!job) return isOfSameInputs ? 'differs' : 'node'
  if (JSON.stringify(pick(detail)) === JSON.stringify(pick(job))) return 'checked'
  return isOfSameInputs ? 'differs' : 'node'
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
