import { createClient, type Hex, http } from 'viem'
import type { Settings } from '../app/settings'
import { jobsOf, keptJob, marketKey, type RecomputedJob, replayStore } from '../files/replayStore'
import { claimsOf } from '../node/claims'
import { PythonEngine } from '../python/engine'
import type { ToldJob } from '../python/protocol'
import { note } from './disputes'
import { type Difference, MarketReplay } from './replay'
import type { ClientsPage, Job } from './types'

/**
 * How far a replay has come; `resumed` counts inputs that an earlier visit has run, `claimed` outputs in an accepted claim,
 * `pending` those in a claim that is computed and not accepted yet.
 */
export type Replaying =
  | { state: 'idle' }
  | { state: 'running'; inputs: number; outputs: number; resumed: number; bugs: number[] }
  | {
      state: 'done'
      inputs: number
      outputs: number
      resumed: number
      claimed: number
      pending: number
      bugs: number[]
    }
  | { state: 'differs'; found: Difference }
  | { state: 'notAccepted'; root: string }
  | { state: 'failed'; error: unknown }

/** Inputs between two keepings of the state. */
const KEEP_EVERY = 500

/** Pause between looks for new inputs. */
const LOOK_MS = 4_000

/** Pause between showings. */
const SHOW_MS = 100

/** The replay of one Application: it goes on while the user walks through the page, until it is stopped. */
class Replayer {
  private told: Replaying = { state: 'idle' }
  private readonly listeners = new Set<() => void>()
  private engine: PythonEngine | undefined

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  readonly current = (): Replaying => this.told

  /** Run what is not run yet, keep what is found, and look for new inputs until it is stopped. */
  async start(settings: Settings): Promise<void> {
    const { contracts } = settings
    if (!contracts || this.engine) return
    const engine = new PythonEngine()
    this.engine = engine
    this.tell({ state: 'running', inputs: 0, outputs: 0, resumed: 0, bugs: [] })
    try {
      const db = await replayStore()
      const kept = await db.get('replays', marketKey(settings))
      const chain = createClient({ transport: http(settings.secondRpcUrl ?? settings.rpcUrl) })
      const claims = claimsOf(chain, settings)
      const replay = await MarketReplay.begin(settings, contracts, (...asked) => engine.ask(...asked), claims, kept)
      if (replay.inputs === 0) await forget(settings)
      await this.follow(settings, replay, engine)
    } catch (error) {
      if (this.engine === engine) this.tell({ state: 'failed', error })
    } finally {
      engine.close()
      if (this.engine === engine) this.engine = undefined
    }
  }

  stop(): void {
    this.engine?.close()
    this.engine = undefined
    this.tell({ state: 'idle' })
  }

  /** Goes on until something differs, or it is stopped; what differs is noted until all is equal. */
  private async follow(settings: Settings, replay: MarketReplay, engine: PythonEngine): Promise<void> {
    const resumed = replay.inputs
    let kept = replay.inputs
    let isNew = replay.claimed === 0
    while (this.engine === engine) {
      const asked = Date.now()
      let shown = 0
      let refused: Hex | undefined
      let pending = 0
      for await (const found of replay.advance()) {
        if (this.engine !== engine) return
        if (found.kind === 'differs') {
          note(settings, 'replay', { what: found.what, count: 1 })
          return this.tell({ state: 'differs', found })
        }
        if (found.kind === 'claim') {
          isNew = found.standing === 'accepted'
          if (found.standing === 'pending') pending = found.outputs
          if (found.standing === 'differs') refused = found.root
          continue
        }
        if (replay.inputs - kept >= KEEP_EVERY) {
          await keep(settings, replay)
          kept = replay.inputs
        }
        if (performance.now() - shown < SHOW_MS) continue
        shown = performance.now()
        this.tell({ state: 'running', inputs: replay.inputs, outputs: replay.outputs, resumed, bugs: [...replay.bugs] })
      }
      if (replay.inputs > kept || isNew) await keep(settings, replay)
      kept = replay.inputs
      isNew = false
      if (this.engine !== engine) return
      if (refused) {
        note(settings, 'replay', { what: 'root', count: 1 })
        this.tell({ state: 'notAccepted', root: refused })
      } else {
        await stand(settings, replay.inputs, asked)
        note(settings, 'replay', undefined)
        const { inputs, outputs, claimed } = replay
        if (this.engine === engine)
          this.tell({ state: 'done', inputs, outputs, resumed, claimed, pending, bugs: [...replay.bugs] })
      }
      await new Promise((done) => setTimeout(done, LOOK_MS))
    }
  }

  private tell(told: Replaying): void {
    this.told = told
    for (const listener of this.listeners) listener()
  }
}

const replayers = new Map<string, Replayer>()

/** The one replay of an Application in this page. */
export function replayerOf(settings: Settings): Replayer {
  const market = marketKey(settings)
  const found = replayers.get(market) ?? new Replayer()
  replayers.set(market, found)
  return found
}

/** Keep where a replay stands, what it says of the jobs that have changed, and all balances, together or not at all. */
async function keep(settings: Settings, replay: MarketReplay): Promise<void> {
  const market = marketKey(settings)
  const { checkpoint, changed, balances } = await replay.checkpoint()
  const writing = (await replayStore()).transaction(['replays', 'jobs', 'balances'], 'readwrite')
  await writing.objectStore('replays').put(checkpoint, market)
  await writing.objectStore('balances').put(balances, market)
  for (const one of changed.map(read))
    await writing.objectStore('jobs').put(keptJob(market, one), [market, one.job.jobId])
  await writing.done
}

/**
 * Note that the node had run `inputs` inputs and no more between two moments: what it answered in between is about
 * these.
 *
 * @param asked when it was asked last; it has answered since.
 */
async function stand(settings: Settings, inputs: number, asked: number): Promise<void> {
  const writing = (await replayStore()).transaction('standings', 'readwrite')
  const before = await writing.store.get(marketKey(settings))
  const since = before?.inputs === inputs ? before.since : Date.now()
  await writing.store.put({ inputs, since, until: asked }, marketKey(settings))
  await writing.done
}

/** Throw away what another replay has found: it was of another chain, or by another program. */
async function forget(settings: Settings): Promise<void> {
  const market = marketKey(settings)
  const writing = (await replayStore()).transaction(['replays', 'jobs', 'balances', 'standings'], 'readwrite')
  await writing.objectStore('replays').delete(market)
  await writing.objectStore('balances').delete(market)
  await writing.objectStore('standings').delete(market)
  await writing.objectStore('jobs').delete(jobsOf(market))
  await writing.done
}

function read(told: ToldJob): RecomputedJob {
  const { job } = JSON.parse(told.job) as { job: Job }
  const pages = told.clients.map((one) => JSON.parse(one) as ClientsPage)
  // Each page tells of all scores in the making.
  return { job, clients: pages.flatMap((one) => one.clients), scorings: pages.at(-1)?.scorings ?? [] }
}
