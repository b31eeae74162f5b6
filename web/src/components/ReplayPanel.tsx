import { type JSX, useEffect, useRef, useState } from 'react'
import { createClient, http } from 'viem'
import { useSettings } from '../app/context'
import { type Difference, replayed } from '../market/replay'
import { acceptedRoots } from '../node/roots'
import { PythonEngine } from '../python/engine'
import type { Ask } from '../python/protocol'
import { messageOf } from '../words'
import { verifyWords } from '../words/verify'
import { Note } from './Note'

type Run =
  | { state: 'idle' }
  | { state: 'running'; inputs: number; outputs: number }
  | { state: 'done'; inputs: number; outputs: number; claimed: number }
  | { state: 'differs'; found: Difference }
  | { state: 'notAccepted'; root: string }
  | { state: 'failed'; reason: string }

/** Runs the market again with the machine's own Python, and says where the node's outputs differ. */
export function ReplayPanel(): JSX.Element {
  const settings = useSettings()
  const [run, setRun] = useState<Run>({ state: 'idle' })
  const [bugs, setBugs] = useState<number[]>([])
  const python = useRef<PythonEngine>(undefined)
  useEffect(() => () => python.current?.close(), [])
  const { contracts } = settings
  const text = verifyWords.replay
  const stop = () => {
    python.current?.close()
    python.current = undefined
    setRun({ state: 'idle' })
  }
  const start = async () => {
    if (!contracts) return
    const engine = new PythonEngine()
    python.current = engine
    let inputs = 0
    let outputs = 0
    setRun({ state: 'running', inputs, outputs })
    setBugs([])
    try {
      const chain = createClient({ transport: http(settings.secondRpcUrl ?? settings.rpcUrl) })
      const accepted = acceptedRoots(chain, settings.appAddress)
      const ask: Ask = (name, asked) => engine.ask(name, asked)
      let claimed = 0
      for await (const found of replayed(settings, contracts, ask, accepted)) {
        if (found.kind === 'differs') {
          setRun({ state: 'differs', found })
          return
        }
        if (found.kind === 'claim') {
          if (!found.accepted) {
            setRun({ state: 'notAccepted', root: found.root })
            return
          }
          claimed = found.outputs
          continue
        }
        if (found.kind === 'bug') setBugs((known) => [...known, found.input])
        inputs += 1
        outputs += found.outputs
        setRun({ state: 'running', inputs, outputs })
      }
      setRun({ state: 'done', inputs, outputs, claimed })
    } catch (error) {
      if (python.current === engine) setRun({ state: 'failed', reason: messageOf(error) })
    } finally {
      engine.close()
    }
  }
  return (
    <section className="grid justify-items-start gap-4 border-t border-line py-8">
      <h2>{text.title}</h2>
      <p className="max-w-[68ch] text-ink-2">{text.intro}</p>
      {!contracts && <Note kind="warn">{text.unset}</Note>}
      {run.state === 'running' ? (
        <button type="button" className="button" onClick={stop}>
          {text.stop}
        </button>
      ) : (
        <button type="button" className="button" disabled={!contracts} onClick={start}>
          {text.start}
        </button>
      )}
      <div role="status" data-replay={run.state}>
        {run.state === 'running' && (run.inputs === 0 ? text.starting : text.running(run.inputs, run.outputs))}
        {run.state === 'done' && (
          <Note kind="ok" title={text.done(run.inputs, run.outputs)}>
            {run.claimed > 0 ? text.claimed(run.claimed) : text.unclaimed}
          </Note>
        )}
      </div>
      {bugs.length > 0 && <Note kind="warn">{text.bugs(bugs)}</Note>}
      {run.state === 'differs' && <DifferenceNote found={run.found} />}
      {run.state === 'notAccepted' && (
        <Note kind="bad" title={text.notAccepted}>
          <code>{run.root}</code>
        </Note>
      )}
      {run.state === 'failed' && (
        <Note kind="bad" title={text.failed}>
          {run.reason}
        </Note>
      )}
    </section>
  )
}

function DifferenceNote({ found }: { found: Difference }): JSX.Element {
  const text = verifyWords.replay
  return (
    <Note kind="bad" title={text.differs[found.what](found.input, found.place)}>
      <dl className="pairs mt-2">
        <div>
          <dt>{text.here}</dt>
          <dd>
            <code>{found.here}</code>
          </dd>
        </div>
        <div>
          <dt>{text.there}</dt>
          <dd>
            <code>{found.there}</code>
          </dd>
        </div>
      </dl>
    </Note>
  )
}
