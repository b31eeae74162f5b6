import type { JSX } from 'react'
import { download } from '../../components/download'
import { Field } from '../../components/Field'
import { Icon } from '../../components/Icon'
import { Note } from '../../components/Note'
import { calendarOf } from '../../market/calendar'
import { FINALITY_LAGS } from '../../market/posting'
import { durationText, parseDuration, timeText } from '../../market/times'
import { postWords } from '../../words/post'
import type { PostProps } from './steps'

const WINDOWS = ['commit', 'reveal', 'declare', 'submit'] as const

/** How long each phase lasts, held against how long the chain takes to be final. */
export function TimeStep({ draft, change, clock }: PostProps): JSX.Element {
  const text = postWords.time
  const lag = clock.latest - clock.finalised
  const least = FINALITY_LAGS * lag
  let end: number | undefined = clock.latest
  const ends = WINDOWS.map((name) => {
    const seconds = parseDuration(draft[name])
    end = end === undefined || seconds === undefined ? undefined : end + seconds
    return { name, seconds, end }
  })
  const [joined, shown] = ends
  return (
    <>
      <div className="grid gap-4 table:grid-cols-2">
        {ends.map(({ name, seconds, end: until }) => (
          <Field
            key={name}
            label={text.windows[name]}
            value={draft[name]}
            onChange={(value) => change({ [name]: value })}
            hint={[text.hints[name], until === undefined ? '' : text.ends(timeText(until))].join(' ')}
            {...problemOf(name, seconds, least)}
          />
        ))}
      </div>
      <Note kind="info">{text.finality(durationText(lag), durationText(least))}</Note>
      {joined?.end !== undefined && shown?.end !== undefined && (
        <div className="grid justify-items-start gap-3">
          <p className="text-14 text-ink-2">{text.duty(timeText(joined.end), timeText(shown.end))}</p>
          <button
            type="button"
            className="button small"
            onClick={() => {
              const entry = { at: joined.end ?? 0, of: 'reveal', what: text.calendarEntry(draft.title) }
              download(new Blob([calendarOf([entry], new Date())], { type: 'text/calendar' }), 'deml-reveal.ics')
            }}
          >
            <Icon name="calendar" /> {text.calendar}
          </button>
        </div>
      )}
    </>
  )
}

function problemOf(name: string, seconds: number | undefined, least: number): { problem?: string } {
  if (seconds === undefined) return { problem: postWords.time.notADuration }
  return name !== 'commit' && seconds < least ? { problem: postWords.time.short(durationText(least)) } : {}
}
