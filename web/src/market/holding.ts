import { useQueries, useQuery } from '@tanstack/react-query'
import { bytesToHex, type Hex } from 'viem'
import { useSettings } from '../app/context'
import type { Settings } from '../app/settings'
import type { ProvenanceState } from '../components/Provenance'
import { keyOfAccount, keyOfOpen, marketKey, replayStore, type Standing } from '../files/replayStore'
import { processedInputs, useNotices, useProcessedInputs } from './hooks'
import { judged, LOOK_MS } from './recomputed'
import type { Account, AccountDetail, Asked, JobDetail, JobWithClients } from './types'
import type { ListedJob } from './useMarket'

/** What an account has in a market: the jobs that it is part of and that have not ended, and what is owed to it outside of them. */
export interface Holding {
  jobs: JobWithClients[]
  balances: Account['balances']
}

/** A holding as this browser's replay has it, and of which inputs; nothing before the replay came to the end once. */
interface RecomputedHolding {
  holding: Holding
  standing: Standing
}

/** Where a sum over an account's jobs comes from; it is given as a function of all that the account has. */
export type HoldingProvenance = (fact: (holding: Holding) => unknown) => ProvenanceState

/**
 * Compare sums over what an account has: not only what the node tells of each job, but which jobs it tells of. A node
 * that leaves one out is not taken for recomputed.
 */
export function useRecomputedHolding(view: AccountDetail, details: readonly JobDetail[]): HoldingProvenance {
  const market = marketKey(useSettings())
  const processed = useProcessedInputs()
  const { data } = useQuery({
    queryKey: ['recomputedHolding', market, view.account],
    refetchInterval: LOOK_MS,
    queryFn: () => readHolding(market, view.account),
  })
  const told: Holding = { jobs: details.filter(({ job }) => job.ending === null), balances: view.balances }
  return (fact) => holdingProvenance([view, ...details], told, data ?? null, processed.data, fact)
}

/**
 * Where a sum comes from: `checked` if the replay has run as many inputs as the node and finds the same, of the same
 * jobs; `differs` if it finds otherwise of the very inputs that the node answered about; and else the node's word.
 */
export function holdingProvenance(
  asked: readonly Asked[],
  told: Holding,
  own: RecomputedHolding | null,
  inputs: number | undefined,
  fact: (holding: Holding) => unknown,
): ProvenanceState {
  if (!own) return 'node'
  const same = JSON.stringify(fact(sorted(told))) === JSON.stringify(fact(sorted(own.holding)))
  // Of a job that it has not come to, the replay knows as little as a node that hides it.
  if (same) return own.standing.inputs === inputs ? 'checked' : 'node'
  const answered = {
    asked: Math.min(...asked.map((one) => one.asked)),
    received: Math.max(...asked.map((one) => one.received)),
  }
  return judged(false, answered, own.standing)
}

async function readHolding(market: string, account: string): Promise<RecomputedHolding | null> {
  const db = await replayStore()
  const [standing, all, held] = await Promise.all([
    db.get('standings', market),
    db.getAllFromIndex('jobs', 'about', keyOfAccount(market, account)),
    db.get('balances', market),
  ])
  if (!standing) return null
  const jobs = all.filter(({ job }) => job.ending === null)
  const balances = (held ?? []).filter((one) => one.account === account.toLowerCase()) as Account['balances']
  return { holding: { jobs, balances }, standing }
}

/** In one order, whoever tells it: the newest job first, tokens by address. */
function sorted({ jobs, balances }: Holding): Holding {
  return {
    jobs: [...jobs].sort((a, b) => b.job.jobId - a.job.jobId),
    balances: [...balances].sort((a, b) => (a.token < b.token ? -1 : 1)),
  }
}

/** Jobs of all Applications that have not ended, as this browser's replays have them; undefined unless they have run all inputs. */
export function useRecomputedOpen(applications: readonly Settings[]): ListedJob[] | undefined {
  const open = useQueries({
    queries: applications.map((one) => ({
      queryKey: ['recomputedOpen', marketKey(one)],
      refetchInterval: LOOK_MS,
      queryFn: () => readOpen(one),
    })),
  })
  const processed = useQueries({ queries: applications.map(processedInputs) })
  const whole = open.every(({ data }, index) => data?.inputs !== undefined && data.inputs === processed[index]?.data)
  return whole ? open.flatMap(({ data }) => data?.jobs ?? []) : undefined
}

async function readOpen(settings: Settings): Promise<{ inputs: number | undefined; jobs: ListedJob[] }> {
  const market = marketKey(settings)
  const db = await replayStore()
  const [standing, jobs] = await Promise.all([
    db.get('standings', market),
    db.getAllFromIndex('jobs', 'about', keyOfOpen(market)),
  ])
  const app = settings.appAddress
  return { inputs: standing?.inputs, jobs: jobs.map(({ job }) => ({ ...job, app, campaign: undefined })) }
}

/** Where a list of payments comes from, and that none is missing: every output of the market is held against the replay's. */
export function useRecomputedPayments(vouchers: readonly Listed[]): ProvenanceState {
  const market = marketKey(useSettings())
  const notices = useNotices()
  const processed = useProcessedInputs()
  const { data } = useQuery({
    queryKey: ['recomputedAll', market],
    refetchInterval: LOOK_MS,
    queryFn: async () => {
      const db = await replayStore()
      const [replay, standing] = await Promise.all([db.get('replays', market), db.get('standings', market)])
      return { outputs: replay?.outputs ?? new Uint8Array(), inputs: standing?.inputs }
    },
  })
  if (!data || !notices.data) return 'node'
  const state = listProvenance([...notices.data.notices, ...vouchers], data.outputs)
  return state === 'checked' && data.inputs !== processed.data ? 'node' : state
}

/** An output that the node tells of. */
interface Listed {
  index: number
  hash: Hex
}

/**
 * Where a node's list of outputs comes from: `checked` if it is the replay's, none missing; `differs` if one is another,
 * or is missing before one that is there; the node's word if one of the two goes on where the other ends.
 *
 * @param own hashes of the replay's outputs, one after another.
 */
export function listProvenance(listed: readonly Listed[], own: Uint8Array): ProvenanceState {
  const found = new Map(listed.map((one) => [one.index, one.hash]))
  const count = own.length / HASH
  const last = Math.max(-1, ...found.keys())
  for (let index = 0; index <= Math.min(last, count - 1); index += 1) {
    if (found.get(index) !== bytesToHex(own.subarray(index * HASH, (index + 1) * HASH))) return 'differs'
  }
  return last + 1 === count && count > 0 ? 'checked' : 'node'
}

/** Bytes of a hash. */
const HASH = 32
