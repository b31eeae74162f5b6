import { type RefObject, useEffect, useRef, useState } from 'react'
import { useSettings } from '../app/context'
import { visible } from '../components/Foreign'
import { fetchFile } from '../files/fetch'
import { tally } from '../files/tally'
import { useTable } from '../files/useTable'
import { MAX_SPEC_BYTES, parseSpec, withClasses } from '../market/spec'
import type { Job } from '../market/types'
import { PythonEngine } from '../python/engine'
import type { Epoch, PrivacyBudget, Trained } from '../python/protocol'
import { messageOf } from '../words'
import { joinWords } from '../words/join'

/** Largest script that is read, as for the command. */
const MAX_SCRIPT_BYTES = 2 ** 20

/** What a model was trained from: the job's initial model, and rows of one's own. */
export interface Given {
  initial: Uint8Array
  x: Float64Array
  y: Float64Array
  rows: number
}

export type Training =
  | { state: 'idle' }
  | { state: 'loading' }
  | { state: 'running'; epochs: readonly Epoch[]; memory: number }
  | { state: 'speaking'; line: string }
  | { state: 'done'; made: Trained; given: Given; leftOut: number; epochs: readonly Epoch[] }
  | { state: 'failed'; reason: string }

/** Trains for a job in this tab, by the command's own trainer; rows go from a worker to a worker, and nowhere else. */
export function useTraining(job: Job) {
  const settings = useSettings()
  const table = useTable()
  const [training, setTraining] = useState<Training>({ state: 'idle' })
  const running = useRef<AbortController>(undefined)
  useEffect(() => () => stop(running), [])

  const train = async (file: File, privacy: PrivacyBudget | null) => {
    stop(running)
    const now = new AbortController()
    running.current = now
    setTraining({ state: 'loading' })
    const python = new PythonEngine({ training: true })
    now.signal.addEventListener('abort', () => python.close())
    try {
      const { terms } = job
      const [specFile, initial] = await Promise.all([
        fetchFile(settings.gateways, terms.specCid, MAX_SPEC_BYTES),
        fetchFile(settings.gateways, terms.initialModelCid, terms.maxModelBytes),
      ])
      const spec = parseSpec(specFile)
      const answer = await table.ask({ file, want: 'usable', data: withClasses(spec.data, terms.architecture) })
      if (!('numbers' in answer) || answer.numbers.rows === 0) throw new Error(joinWords.train.noRows)
      const { x, y, rows } = answer.numbers
      const kept = { initial, x, y, rows }
      const given = { terms, initial, asked: spec.privacy ?? null, x, y }
      const epochs: Epoch[] = []
      const tell = (epoch: Epoch) => {
        epochs.push(epoch)
        setTraining({ state: 'running', epochs: [...epochs], memory: python.memory })
      }
      const byScript = async (cid: string) => {
        const script = await fetchFile(settings.gateways, cid, MAX_SCRIPT_BYTES)
        const files = await python.ask('prepare', { ...given, script: cid, spec: specFile })
        const { runScript } = await import('../python/scriptFrame')
        const maxBytes = terms.maxModelBytes
        const hear = (line: string) => setTraining({ state: 'speaking', line: visible(line) })
        const tell = tally.open()
        const count = (refused: number) => tell({ requests: 0, refused })
        const model = await runScript({ script, files, maxBytes }, hear, now.signal, count)
        return python.ask('finish', { model })
      }
      const { trainer } = spec
      const made = await (trainer.kind === 'script'
        ? byScript(trainer.cid)
        : python.ask('train', { ...given, privacy }, tell))
      const leftOut = answer.checked.rows - rows
      setTraining({ state: 'done', made, given: kept, leftOut, epochs })
    } catch (error) {
      if (!now.signal.aborted) setTraining({ state: 'failed', reason: messageOf(error) })
    } finally {
      python.close()
    }
  }

  const cancel = () => {
    stop(running)
    setTraining({ state: 'idle' })
  }

  return { training, train, cancel }
}

function stop(running: RefObject<AbortController | undefined>): void {
  running.current?.abort()
  running.current = undefined
}
