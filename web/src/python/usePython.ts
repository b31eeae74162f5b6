import { useEffect, useRef } from 'react'
import { PythonEngine } from './engine'

/** Python in a worker, loaded when it is first asked and gone with the component. */
export function usePython(): PythonEngine['ask'] {
  const engine = useRef<PythonEngine>(undefined)
  useEffect(
    () => () => {
      engine.current?.close()
      engine.current = undefined
    },
    [],
  )
  return (name, asked) => {
    engine.current ??= new PythonEngine()
    return engine.current.ask(name, asked)
  }
}
