import { useSearch } from '@tanstack/react-router'
import type { JSX } from 'react'
import { AddressText } from '../components/AddressText'
import { Loading } from '../components/Loading'
import { Note } from '../components/Note'
import { ReplayPanel } from '../components/ReplayPanel'
import { useClaimCheck } from '../market/claims'
import { words } from '../words'

/** What can be checked: here, each output's Merkle proof against the claim that the consensus contract accepted. */
export function VerifyPage(): JSX.Element {
  const { output: wanted } = useSearch({ from: '/verify' })
  const { data, error } = useClaimCheck()
  if (error && !data) {
    return (
      <div className="py-12">
        <Note kind="bad" title={words.verify.failed}>
          {error.message}
        </Note>
      </div>
    )
  }
  if (!data) return <Loading title={words.verify.title} />
  const proven = data.filter((one) => one.state === 'proven').length
  const waiting = data.filter((one) => one.state === 'waiting').length
  const differing = data.filter((one) => one.state === 'differs')
  return (
    <>
      <section className="grid items-start gap-12 py-8 wide:grid-cols-[1fr_1.15fr]">
        <div>
          <h1 className="text-16 font-medium text-ink-2">{words.verify.title}</h1>
          <p className="mt-2 text-[3.5rem] leading-none font-semibold tracking-tighter">
            {proven}{' '}
            <small className="text-22 font-medium tracking-normal text-ink-2">{words.verify.of(data.length)}</small>
          </p>
          <p className="mt-3 max-w-[46ch] text-ink-2">{words.verify.means}</p>
          {waiting > 0 && <p className="mt-2 text-14 text-ink-3">{words.verify.waiting(waiting)}</p>}
        </div>
        <ul aria-label={words.verify.squares} className="flex flex-wrap gap-[3px]">
          {data.map((one) => (
            <li
              key={one.output.index}
              title={words.verify.square(one.output.index, words.verify.states[one.state])}
              data-state={one.state}
              className="size-3 rounded-graphic border-[1.5px] border-edge data-[state=differs]:border-bad data-[state=differs]:bg-bad data-[state=proven]:border-ok data-[state=proven]:bg-ok"
            />
          ))}
        </ul>
      </section>
      {differing.length > 0 && (
        <Note kind="bad" title={words.verify.differs(differing.length)}>
          {words.verify.differsHint}
        </Note>
      )}
      <ReplayPanel />
      <section className="border-t border-line py-8">
        <h2 className="mb-4">{words.verify.outputs}</h2>
        <table className="table stackable">
          <thead>
            <tr>
              <th scope="col">{words.verify.columns.output}</th>
              <th scope="col">{words.verify.columns.says}</th>
              <th scope="col">{words.verify.columns.hash}</th>
              <th scope="col">{words.verify.columns.root}</th>
              <th scope="col">{words.verify.columns.state}</th>
            </tr>
          </thead>
          <tbody>
            {data
              .filter((one) => wanted === undefined || one.output.index === wanted)
              .map((one) => (
                <tr key={one.output.index} data-mine={one.output.index === wanted}>
                  <td data-label={words.verify.columns.output}>#{one.output.index}</td>
                  <td data-label={words.verify.columns.says}>
                    {words.proofs.notices[one.output.notice.name] ?? one.output.notice.name}
                  </td>
                  <td data-label={words.verify.columns.hash}>
                    <AddressText value={one.output.hash} />
                  </td>
                  <td data-label={words.verify.columns.root}>{one.root ? <AddressText value={one.root} /> : '–'}</td>
                  <td className="whole">
                    <span className={`tag ${one.state === 'proven' ? 'ok' : one.state === 'differs' ? 'bad' : 'wait'}`}>
                      {words.verify.states[one.state]}
                    </span>
                  </td>
                </tr>
              ))}
          </tbody>
        </table>
      </section>
      <section className="border-t border-line py-8">
        <h2 className="mb-2">{words.verify.cannotTitle}</h2>
        <p className="max-w-[68ch] text-ink-2">{words.verify.cannot}</p>
      </section>
    </>
  )
}
