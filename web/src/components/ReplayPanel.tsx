import { type JSX, useState, useSyncExternalStore } from 'react'
import { useSettings } from '../app/context'
import type { Difference } from '../market/replay'
import { replayerOf } from '../market/replaying'
import { chooseRpc, chosenRpc, isAskable } from '../market/secondRpc'
import { messageOf } from '../words'
import { verifyWords } from '../words/verify'
import { Field } from './Field'
import { Note } from './Note'

/** Runs the market again with the machine's own Python, and says where the node's outputs differ. */
export function ReplayPanel(): JSX.Element {
  const settings = useSettings()
  const replayer = replayerOf(settings)
  const run = useSyncExternalStore(replayer.subscribe, replayer.current)
  const { contracts } = settings
  const [second, setSecond] = useState(() => chosenRpc() ?? settings.secondRpcUrl ?? '')
  const isGood = second === '' || isAskable(second)
  const start = () => {
    chooseRpc(second)
    const { secondRpcUrl: _, ...others } = settings
    replayer.start(second === '' ? others : { ...others, secondRpcUrl: second })
  }
  const text = verifyWords.replay
  const goesOn = run.state === 'running' || run.state === 'done' || run.state === 'notAccepted'
  const bugs = run.state === 'running' || run.state === 'done' ? run.bugs : []
  return (
    <section className="grid justify-items-start gap-4 border-t border-line py-8">
      <h2>{text.title}</h2>
      <p className="max-w-[68ch] text-ink-2">{text.intro}</p>
      {!contracts && <Note kind="warn">{text.unset}</Note>}
      {goesOn ? (
        <button type="button" className="button" onClick={() => replayer.stop()}>
          {text.stop}
        </button>
      ) : (
        <>
          <div className="w-full max-w-md">
            <Field
              label={text.second}
              value={second}
              onChange={(value) => setSecond(value.trim())}
              hint={text.secondHint}
              {...(isGood ? {} : { problem: text.secondBad })}
            />
          </div>
          <button type="button" className="button" disabled={!contracts || !isGood} onClick={start}>
            {text.start}
          </button>
        </>
      )}
      <div role="status" data-replay={run.state}>
        {run.state === 'running' && (run.inputs === 0 ? text.starting : text.running(run.inputs, run.outputs))}
        {run.state === 'done' && (
          <Note
            kind={bugs.length > 0 ? 'info' : 'ok'}
            title={
              bugs.length > 0 ? text.doneBut(run.inputs, run.outputs, bugs.length) : text.done(run.inputs, run.outputs)
            }
          >
            {run.claimed > 0 && <p>{text.claimed(run.claimed)}</p>}
            {run.pending > 0 && <p>{text.pending(run.pending)}</p>}
            {run.claimed === 0 && run.pending === 0 && <p>{text.unclaimed}</p>}
            {run.resumed > 0 && <p>{text.resumed(run.resumed)}</p>}
            <p>{text.follows}</p>
          </Note>
        )}
      </div>
      {bugs.length > 0 && <Note kind="warn">{text.bugs(bugs)}</Note>}
      {run.state === 'differs' && <DifferenceNote found={run.found} />}
      {run.state === 'notAccepted' && (
        <Note kind="bad" title={text.notAccepted}>
          <code className="break-all">{run.root}</code>
        </Note>
      )}
      {run.state === 'failed' && (
        <Note kind="bad" title={text.failed}>
          {messageOf(run.error)}
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
          <dt>{found.what === 'chain' ? text.onChain : text.here}</dt>
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
