import type { JSX } from 'react'
import { useSent } from '../../files/sent'
import { joinWords } from '../../words/join'

/** What has been sent by all that has read one's rows: in sight from the first file on, in one line on phones. */
export function SentCard(): JSX.Element {
  const requests = useSent()
  const text = joinWords.sent
  if (requests === undefined) {
    return (
      <div className="rounded-sheet border border-line bg-sheet p-4">
        <p className="label">{text.before}</p>
        <p className="mt-1 text-14 text-ink-2">{text.beforeText}</p>
      </div>
    )
  }
  return (
    <div className="rounded-sheet border border-line bg-sheet p-4 max-wide:flex max-wide:flex-wrap max-wide:items-baseline max-wide:gap-x-3 max-wide:py-2">
      <p className="label">{text.title}</p>
      <p className={`text-28 font-semibold tracking-tight max-wide:text-16 ${requests === 0 ? 'text-ok' : 'text-bad'}`}>
        {text.count(requests)}
      </p>
      <p className="mt-1 text-13 text-ink-3 max-table:hidden">{text.how}</p>
    </div>
  )
}
