import { useEffect, useRef, useState } from 'react'
import type { Answered, Asked, Heard } from './tableWorker'
import { tally } from './tally'

/** Asks of tables in a worker of their own, which ends with the component; one question at a time. */
export function useTable() {
  const [busy, setBusy] = useState(false)
  const worker = useRef<Worker>(undefined)
  useEffect(() => () => worker.current?.terminate(), [])
  const ask = (asked: Asked): Promise<Answered> => {
    worker.current?.terminate()
    const made = new Worker(new URL('./tableWorker.ts', import.meta.url), { type: 'module' })
    worker.current = made
    const tell = tally.open()
    setBusy(true)
    return new Promise((resolve, reject) => {
      made.onmessage = ({ data }: MessageEvent<Answered | Heard>) => {
        tell(data.reached)
        if (!('checked' in data || 'columns' in data || 'failed' in data)) return
        setBusy(false)
        resolve(data)
      }
      made.onerror = (event) => {
        setBusy(false)
        reject(new Error(event.message))
      }
      made.postMessage(asked)
    })
  }
  return { ask, busy }
}
