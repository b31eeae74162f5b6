import { type RefObject, useEffect, useRef, useState } from 'react'
import { useSettings } from '../app/context'
import { fetchFile } from '../files/fetch'
import { useTable } from '../files/useTable'
import { MAX_SPEC_BYTES, parseSpec, withClasses } from '../market/spec'
import type { Job } from '../market/types'
import { PythonEngine } from '../python/engine'
import type { Epoch, PrivacyBudget, Trained } from '../python/protocol'
import { messageOf, words } from '../words'

export type Training =
  | { state: 'idle' }
  | { state: 'loading' }
  | { state: 'running'; epoch: Epoch }
  | { state: 'done'; made: Trained; rows: number; leftOut: number }
  | { state: 'failed'; reason: string }

/** Trains for a job in this tab, by the command's own trainer; rows go from a worker to a worker, and nowhere else. */
export function useTraining(job: Job) {
  const settings = useSettings()
  const table = useTable()
  const [training, setTraining] = useState<Training>({ state: 'idle' })
  const engine = useRef<PythonEngine>(undefined)
  useEffect(() => () => stop(engine), [])

  const train = async (file: File, privacy: PrivacyBudget | null) => {
    stop(engine)
    const python = new PythonEngine({ training: true })
    engine.current = python
    setTraining({ state: 'loading' })
    try {
      const { terms } = job
      const [spec, initial] = await Promise.all([
        fetchFile(settings.gateways, terms.specCid, MAX_SPEC_BYTES).then(parseSpec),
        fetchFile(settings.gateways, terms.initialModelCid, terms.maxModelBytes),
      ])
      const data = withClasses(spec.data, terms.architecture)
      const answer = await table.ask({ file, want: 'usable', data })
      if (!('numbers' in answer) || answer.numbers.rows === 0) throw new Error(words.train.noRows)
      const { numbers, checked } = answer
      const asked = spec.privacy ?? null
      const ask = { terms, initial, asked, privacy, x: numbers.x, y: numbers.y }
      const made = await python.ask('train', ask, (epoch) => setTraining({ state: 'running', epoch }))
      setTraining({ state: 'done', made, rows: numbers.rows, leftOut: checked.rows - numbers.rows })
    } catch (error) {
      if (engine.current === python) setTraining({ state: 'failed', reason: messageOf(error) })
    } finally {
      python.close()
    }
  }

  const cancel = () => {
    stop(engine)
    setTraining({ state: 'idle' })
  }

  return { training, train, cancel }
}

function stop(engine: RefObject<PythonEngine | undefined>): void {
  engine.current?.close()
  engine.current = undefined
}
