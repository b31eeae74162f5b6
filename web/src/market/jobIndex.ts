import type { Settings } from '../app/settings'
import { database, type Progress } from '../files/database'
import type { ProofWalker } from '../node/merkle'
import { type NoticeOutput, noticePages } from '../node/outputs'
import { folded, type IndexedJob } from './folding'

const BEGINNING: Progress = { read: 0, proven: 0, head: undefined }

/** Jobs by number, and how many of all notices, from the first, are proven. */
export interface KnownJobs {
  jobs: ReadonlyMap<number, IndexedJob>
  proven: number
}

/** Every job that a market has had, from its notices; kept in this browser, and read on from where it was left. */
export class JobIndex {
  private readonly jobs = new Map<number, IndexedJob>()
  private progress = BEGINNING
  private readonly settings: Settings
  private readonly market: string

  private constructor(settings: Settings) {
    this.settings = settings
    this.market = `${settings.chainId}/${settings.appAddress.toLowerCase()}`
  }

  /** Jobs as they are known now; those whose creation the chain has accepted stand on their own. */
  get known(): KnownJobs {
    return { jobs: new Map(this.jobs), proven: this.progress.proven }
  }

  /** The index as it was left. */
  static async open(settings: Settings): Promise<JobIndex> {
    const index = new JobIndex(settings)
    const db = await database()
    index.progress = (await db.get('progress', index.market)) ?? BEGINNING
    for (const one of await db.getAll('jobs', index.range())) index.jobs.set(one.job.jobId, one)
    return index
  }

  /**
   * Read what is new, page by page, and check what the chain has accepted since; yields after each page.
   *
   * @throws NodeError
   */
  async *advance(walker: ProofWalker): AsyncGenerator<void> {
    if (!(await this.isSameMarket())) await this.forget()
    let contiguous = true
    for await (const page of noticePages(this.settings, Math.min(this.progress.read, this.progress.proven))) {
      const changed = new Set<number>()
      for (const one of page.notices) {
        if (one.place >= this.progress.read && this.fold(one)) changed.add(one.notice.jobId)
        contiguous &&= one.place < this.progress.proven || (await isAccepted(walker, one))
        if (contiguous) this.progress = { ...this.progress, proven: Math.max(this.progress.proven, one.place + 1) }
      }
      const head = page.head ?? this.progress.head
      this.progress = { ...this.progress, read: Math.max(this.progress.read, page.read), head }
      await this.keep(changed)
      yield
    }
  }

  private fold({ notice, place }: NoticeOutput): boolean {
    const after = folded(this.jobs.get(notice.jobId), notice, place)
    if (after) this.jobs.set(notice.jobId, after)
    return after !== undefined
  }

  private async keep(changed: Set<number>): Promise<void> {
    const writing = (await database()).transaction(['jobs', 'progress'], 'readwrite')
    for (const jobId of changed) {
      const job = this.jobs.get(jobId)
      if (job) await writing.objectStore('jobs').put(job, [this.market, jobId])
    }
    await writing.objectStore('progress').put(this.progress, this.market)
    await writing.done
  }

  /** Whether the node still has the notice that was read last where it was: a devnet may have begun anew. */
  private async isSameMarket(): Promise<boolean> {
    const { read, head } = this.progress
    if (read === 0 || head === undefined) return true
    for await (const page of noticePages(this.settings, read - 1, 1)) return page.head === head
    return false
  }

  private async forget(): Promise<void> {
    const writing = (await database()).transaction(['jobs', 'progress'], 'readwrite')
    await writing.objectStore('jobs').delete(this.range())
    await writing.objectStore('progress').delete(this.market)
    await writing.done
    this.jobs.clear()
    this.progress = BEGINNING
  }

  private range(): IDBKeyRange {
    return IDBKeyRange.bound([this.market, 0], [this.market, Number.MAX_SAFE_INTEGER])
  }
}

async function isAccepted(walker: ProofWalker, { hash, index, siblings }: NoticeOutput): Promise<boolean> {
  return siblings !== null && (await walker.check(hash, index, siblings))
}
