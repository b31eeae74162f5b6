import { noteSent } from '../files/sent'
import { errorWords } from '../words/errors'
import type { Beginning, CallName, Calls, Epoch, Reply } from './protocol'

/** Python says that something is wrong with what it was given. */
export class PythonError extends Error {
  override name = 'PythonError'
}

interface Waiting {
  resolve: (answer: never) => void
  reject: (error: Error) => void
  onEpoch: ((epoch: Epoch) => void) | undefined
}

/** Python in a worker of its own: loaded at the first question, and gone when it is closed. */
export class PythonEngine {
  /** Requests that its worker has made since it could be given private rows, by the browser's own count. */
  requests = 0
  private worker: Worker | undefined
  private readonly waiting = new Map<number, Waiting>()
  private last = 0
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
      worker.postMessage({ id, name, ask })
    })
  }

  /** End the worker; what was asked and not answered fails. */
  close(): void {
    this.worker?.terminate()
    this.worker = undefined
    for (const { reject } of this.waiting.values()) reject(new PythonError(errorWords.python.stopped))
    this.waiting.clear()
  }

  private start(): Worker {
    if (this.worker) return this.worker
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' })
    const base = new URL('./', document.baseURI).href
    worker.postMessage({ base, training: this.training } satisfies Beginning)
    worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      const asked = this.waiting.get(data.id)
      if ('epoch' in data) {
        asked?.onEpoch?.(data.epoch)
        return
      }
      this.waiting.delete(data.id)
      if ('failed' in data) asked?.reject(new PythonError(data.failed))
      else {
        this.requests = data.requests
        if (this.training) noteSent(this, data.requests)
        asked?.resolve(data.answer as never)
      }
    }
    worker.onerror = (event) => {
      const error = new PythonError(event.message || errorWords.python.notLoaded)
      for (const { reject } of this.waiting.values()) reject(error)
      this.waiting.clear()
      this.worker = undefined
    }
    this.worker = worker
    return worker
  }
}
