import { tally } from '../files/tally'
import { errorWords } from '../words/errors'
import type { Beginning, CallName, Calls, Epoch, Question, Reply } from './protocol'

/** Python says that something is wrong with what it was given. */
export class PythonError extends Error {
  override name = 'PythonError'
}

/** How long a worker that has answered everything is kept, so that what it sent at last is counted. */
const LINGER_MS = 1_000

interface Waiting {
  resolve: (answer: never) => void
  reject: (error: Error) => void
  onEpoch: ((epoch: Epoch) => void) | undefined
}

/** Python in a worker of its own: loaded at the first question, and gone when it is closed. */
export class PythonEngine {
  /** Bytes that Python holds. */
  memory = 0
  private worker: Worker | undefined
  private readonly waiting = new Map<number, Waiting>()
  private last = 0
  /** Questions for a worker that is not cut off yet: it is given nothing before. */
  private unsent: Question[] | undefined
  private readonly training: boolean

  /** `training`: load what training needs, too, some 25 MB more. */
  constructor({ training = false } = {}) {
    this.training = training
  }

  /**
   * Ask Python; `onEpoch` hears how far a training has come.
   *
   * @throws PythonError
   */
  ask<N extends CallName>(
    name: N,
    ask: Calls[N]['ask'],
    onEpoch?: (epoch: Epoch) => void,
  ): Promise<Calls[N]['answer']> {
    const worker = this.start()
    this.last += 1
    const id = this.last
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve: resolve as (answer: never) => void, reject, onEpoch })
      const question = { id, name, ask }
      if (this.unsent) this.unsent.push(question)
      else worker.postMessage(question)
    })
  }

  /** End the worker: at once if it is busy, and what was asked fails; else after the browser could tell of its last requests. */
  close(): void {
    const { worker } = this
    this.worker = undefined
    if (this.waiting.size > 0) worker?.terminate()
    else setTimeout(() => worker?.terminate(), LINGER_MS)
    for (const { reject } of this.waiting.values()) reject(new PythonError(errorWords.python.stopped))
    this.waiting.clear()
  }

  private fail(worker: Worker, error: PythonError): void {
    worker.terminate()
    if (this.worker === worker) this.worker = undefined
    for (const { reject } of this.waiting.values()) reject(error)
    this.waiting.clear()
  }

  private start(): Worker {
    if (this.worker) return this.worker
    this.unsent = []
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
    const base = new URL('./', document.baseURI).href
    worker.postMessage({ base, training: this.training } satisfies Beginning)
    const tell = tally.open()
    worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      if ('reached' in data && data.reached) {
        this.memory = data.memory ?? this.memory
        tell(data.reached)
      }
      if ('unable' in data) return this.fail(worker, new PythonError(data.unable))
      if (!('id' in data)) {
        for (const question of this.unsent ?? []) worker.postMessage(question)
        this.unsent = undefined
        return
      }
      const asked = this.waiting.get(data.id)
      if ('epoch' in data) {
        asked?.onEpoch?.(data.epoch)
        return
      }
      this.waiting.delete(data.id)
      if ('failed' in data) asked?.reject(new PythonError(data.failed))
      else asked?.resolve(data.answer as never)
    }
    worker.onerror = (event) => {
      this.fail(worker, new PythonError(event.message || errorWords.python.notLoaded))
    }
    this.worker = worker
    return worker
  }
}
