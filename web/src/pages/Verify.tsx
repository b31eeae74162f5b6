import { useSearch } from '@tanstack/react-router'
import { type JSX, useState } from 'react'
import { AddressText } from '../components/AddressText'
import { Loading } from '../components/Loading'
import { Note } from '../components/Note'
import { Provenance } from '../components/Provenance'
import { ReplayPanel } from '../components/ReplayPanel'
import { WhichApplication } from '../components/WhichApplication'
import { type ClaimCheck, useClaimCheck } from '../market/claims'
import { useRecomputedOutputs } from '../market/recomputed'
import { HEIGHT, pathOf } from '../node/merkle'
import { jobWords } from '../words/job'
import { verifyWords } from '../words/verify'

/** What can be checked: here, each output's Merkle proof against the claim that the consensus contract accepted. */
export function VerifyPage(): JSX.Element {
  const { output: wanted } = useSearch({ from: '/verify' })
  const { data, error } = useClaimCheck()
  if (error && !data) {
    return (
      <div className="py-12">
        <Note kind="bad" title={verifyWords.failed}>
          {error.message}
        </Note>
      </div>
    )
  }
  if (!data) return <Loading title={verifyWords.title} />
  const proven = data.filter((one) => one.state === 'proven').length
  const waiting = data.filter((one) => one.state === 'waiting').length
  const pending = data.filter((one) => one.state === 'pending').length
  const differing = data.filter((one) => one.state === 'differs')
  return (
    <>
      <section className="grid items-start gap-12 py-8 wide:grid-cols-[1fr_1.15fr]">
        <div>
          <h1 className="text-16 font-medium text-ink-2">{verifyWords.title}</h1>
          <WhichApplication others />
          <p className="mt-2 text-[3.5rem] leading-none font-semibold tracking-tighter">
            {proven}{' '}
            <small className="text-22 font-medium tracking-normal text-ink-2">{verifyWords.of(data.length)}</small>
          </p>
          <p className="mt-3 max-w-[46ch] text-ink-2">{verifyWords.means}</p>
          {pending > 0 && <p className="mt-2 text-14 text-ink-3">{verifyWords.pending(pending)}</p>}
          {waiting > 0 && <p className="mt-2 text-14 text-ink-3">{verifyWords.waiting(waiting)}</p>}
        </div>
        <ul aria-label={verifyWords.squares} className="flex flex-wrap gap-[3px]">
          {data.slice(-MOST_SQUARES).map((one) => (
            <li
              key={one.output.index}
              title={verifyWords.square(one.output.index, verifyWords.states[one.state])}
              data-state={one.state}
              className="size-3 rounded-graphic border-[1.5px] border-edge data-[state=differs]:border-bad data-[state=differs]:bg-bad data-[state=proven]:border-ok data-[state=proven]:bg-ok"
            />
          ))}
        </ul>
      </section>
      {differing.length > 0 && (
        <Note kind="bad" title={verifyWords.differs(differing.length)}>
          {verifyWords.differsHint}
        </Note>
      )}
      <ReplayPanel />
      <section className="border-t border-line py-8">
        <h2 className="mb-4">{verifyWords.outputs}</h2>
        <Outputs checks={wanted === undefined ? data : data.filter((one) => one.output.index === wanted)} />
      </section>
      <section className="border-t border-line py-8">
        <h2 className="mb-2">{verifyWords.cannotTitle}</h2>
        <p className="max-w-[68ch] text-ink-2">{verifyWords.cannot}</p>
      </section>
    </>
  )
}

/** Most outputs drawn as squares, and shown as rows, at first and when asked for: the newest. */
const MOST_SQUARES = 2_000
const FIRST_ROWS = 20
const MOST_ROWS = 200

/** Outputs, newest first; of a single one the root that its proof leads to as well. */
function Outputs({ checks }: { checks: ClaimCheck[] }): JSX.Element {
  const { columns, states } = verifyWords
  const recomputed = useRecomputedOutputs()
  const [only] = checks.length === 1 ? checks : []
  const [whole, setWhole] = useState(false)
  const most = Math.min(checks.length, MOST_ROWS)
  const shown = checks.slice(whole ? -MOST_ROWS : -FIRST_ROWS).reverse()
  return (
    <>
      <table className="table stackable">
        <thead>
          <tr>
            <th scope="col">{columns.output}</th>
            <th scope="col">{columns.says}</th>
            <th scope="col">{columns.hash}</th>
            {only && <th scope="col">{columns.root}</th>}
            <th scope="col">{columns.state}</th>
          </tr>
        </thead>
        <tbody>
          {shown.map(({ output, state }) => (
            <tr key={output.index}>
              <td data-label={columns.output}>#{output.index}</td>
              <td data-label={columns.says}>{jobWords.proofs.notices[output.notice.name] ?? output.notice.name}</td>
              <td data-label={columns.hash}>
                <AddressText value={output.hash} /> <Provenance state={recomputed(output)} output={output.index} />
              </td>
              {only && (
                <td data-label={columns.root}>
                  {output.siblings?.length === HEIGHT ? (
                    <AddressText value={pathOf(output.hash, output.index, output.siblings)[HEIGHT] ?? ''} />
                  ) : (
                    '–'
                  )}
                </td>
              )}
              <td className="whole">
                <span className={`tag ${TAGS[state]}`}>{states[state]}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {most > shown.length && (
        <button type="button" className="button small mt-3" onClick={() => setWhole(true)}>
          {jobWords.page.all(most)}
        </button>
      )}
      {checks.length > MOST_ROWS && (
        <p className="mt-3 text-13 text-ink-3">{verifyWords.newest(shown.length, checks.length)}</p>
      )}
    </>
  )
}

const TAGS = { proven: 'ok', differs: 'bad', waiting: 'wait', pending: 'wait' } as const
