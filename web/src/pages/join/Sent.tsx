import { type JSX, useEffect, useState, useSyncExternalStore } from 'react'
import { type Told, tally } from '../../files/tally'
import { joinWords } from '../../words/join'

/** What the tape shows: so many minutes. */
const MINUTES = 5
const SPAN_MS = MINUTES * 60_000

/** How tall the tape is, and where on it nothing lies. */
const TALL = 40
const NOUGHT = 34

function useTally(): readonly Told[] {
  return useSyncExternalStore(tally.subscribe, tally.current)
}

/** What was sent by what reads private rows: the browser's own count, as it stands now. */
export function SentCard(): JSX.Element {
  const told = useTally()
  const text = joinWords.sent
  const latest = told.at(-1)
  const own = useOwnRequests()
  return (
    <section className="rounded-sheet border border-line bg-sheet p-4" aria-labelledby="sent-title">
      <h2 className="label" id="sent-title">
        {text.title}
      </h2>
      {latest ? (
        <>
          <p className="mt-1 text-28 leading-none font-semibold" data-sent={latest.requests}>
            {text.amount(latest.requests)}
          </p>
          <Tape told={told} />
          <dl className="pairs mt-2 text-14">
            <div>
              <dt>{text.network}</dt>
              <dd>{latest.requests === 0 ? text.cutOff : text.leaks}</dd>
            </div>
            <div>
              <dt>{text.refused}</dt>
              <dd data-refused={latest.refused}>{latest.refused.toLocaleString('en')}</dd>
            </div>
            <div>
              <dt>{text.own}</dt>
              <dd>{text.ownCount(own.requests, own.hosts)}</dd>
            </div>
          </dl>
        </>
      ) : (
        <p className="mt-1 text-14 text-ink-2">{joinWords.join.privateText}</p>
      )}
      <details className="deeper mt-2">
        <summary>{text.how}</summary>
        <p className="mt-2 text-14 text-ink-2">{text.enforced}</p>
      </details>
    </section>
  )
}

/** The same in one line, where there is no room beside the steps. */
export function SentLine(): JSX.Element | null {
  const told = useTally()
  const latest = told.at(-1)
  if (!latest) return null
  return (
    <p
      className="rounded-control bg-ok-wash px-3 py-2 text-14 data-[leaks=true]:bg-bad-wash"
      data-leaks={latest.requests > 0}
    >
      {joinWords.sent.line(joinWords.sent.amount(latest.requests), latest.refused)}
    </p>
  )
}

/** The same as a sentence, beside what was made of the rows. */
export function SentSoFar(): JSX.Element | null {
  const latest = useTally().at(-1)
  return latest ? <p className="text-13 text-ink-3">{joinWords.check.sent(latest)}</p> : null
}

/** What was sent over the last minutes: flat, as long as it is nothing. */
function Tape({ told }: { told: readonly Told[] }): JSX.Element {
  const now = told.at(-1)?.at ?? 0
  const most = Math.max(1, told.at(-1)?.requests ?? 0)
  const x = (at: number) => Math.max(0, 100 - (100 * (now - at)) / SPAN_MS)
  const y = (requests: number) => NOUGHT - ((NOUGHT - 4) * requests) / most
  const points = told.map((one) => `${x(one.at)},${y(one.requests)}`)
  return (
    <>
      <svg
        className="tape mt-2 w-full"
        height={TALL}
        viewBox={`0 0 100 ${TALL}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={joinWords.sent.tape(MINUTES, told.at(-1)?.requests ?? 0)}
        data-leaks={(told.at(-1)?.requests ?? 0) > 0}
      >
        <line className="grid-line" x1="0" x2="100" y1="4" y2="4" />
        <line className="grid-line" x1="0" x2="100" y1="19" y2="19" />
        <polyline className="line" points={[`0,${y(told[0]?.requests ?? 0)}`, ...points].join(' ')} />
      </svg>
      <p className="text-12 text-ink-3">{joinWords.sent.last(MINUTES)}</p>
    </>
  )
}

/** Requests of the page itself since it was opened, which has no rows to send, and how many hosts they went to. */
function useOwnRequests(): { requests: number; hosts: number } {
  const [own, setOwn] = useState<{ requests: number; hosts: readonly string[] }>({ requests: 0, hosts: [] })
  useEffect(() => {
    const observer = new PerformanceObserver((list) => {
      const names = list.getEntries().map((one) => new URL(one.name).host)
      setOwn((before) => ({
        requests: before.requests + names.length,
        hosts: [...new Set([...before.hosts, ...names])],
      }))
    })
    observer.observe({ type: 'resource', buffered: true })
    return () => {
      observer.disconnect()
      setOwn({ requests: 0, hosts: [] })
    }
  }, [])
  return { requests: own.requests, hosts: own.hosts.length }
}
