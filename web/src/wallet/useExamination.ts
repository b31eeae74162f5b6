import { type RefObject, useEffect, useRef, useState } from 'react'
import { PythonEngine } from '../python/engine'
import type { Calls, Epoch } from '../python/protocol'
import { messageOf } from '../words'

type Name = 'audited' | 'shrunken'

export type Examination<N extends Name> =
  | { state: 'idle' }
  | { state: 'running'; step: Epoch | undefined }
  | { state: 'done'; found: Calls[N]['answer'] }
  | { state: 'failed'; reason: string }

/** Audits a model or makes it smaller in a worker of its own, by the command's own code; rows go there and nowhere else. */
export function useExamination<N extends Name>(name: N) {
  const [examination, setExamination] = useState<Examination<N>>({ state: 'idle' })
  const engine = useRef<PythonEngine>(undefined)
  useEffect(() => () => stop(engine), [])

  const run = async (asked: Calls[N]['ask']) => {
    stop(engine)
    const python = new PythonEngine({ training: true })
    engine.current = python
    setExamination({ state: 'running', step: undefined })
    try {
      const found = await python.ask(name, asked, (step) => setExamination({ state: 'running', step }))
      if (engine.current === python) {
        setExamination({ state: 'done', found })
      }
    } catch (error) {
      if (engine.current === python) setExamination({ state: 'failed', reason: messageOf(error) })
    } finally {
      python.close()
    }
  }

  const cancel = () => {
    stop(engine)
    setExamination({ state: 'idle' })
  }

  return { examination, run, cancel }
}

function stop(engine: RefObject<PythonEngine | undefined>): void {
  engine.current?.close()
  engine.current = undefined
}
