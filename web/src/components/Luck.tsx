import type { JSX } from 'react'
import { luckOf } from '../market/luck'
import { differenceText } from '../market/scores'
import type { JobDetail } from '../market/types'
import { jobWords } from '../words/job'

/** What luck could explain with the rows of a job, in one sentence. */
export function Luck({ detail }: { detail: JobDetail }): JSX.Element {
  const { terms, rows } = detail.job
  const text = jobWords.luck
  const count = rows ?? terms.minRows
  const least = luckOf(terms, count)
  const said =
    least !== undefined
      ? text.text(count.toLocaleString('en'), terms.maxParticipants, differenceText(least, terms.metric))
      : terms.confidence === 0
        ? text.paid
        : text.depends
  return (
    <>
      <h3 className="mt-6">{text.title}</h3>
      <p className="mt-1 max-w-[68ch] text-14 text-ink-2">{said}</p>
    </>
  )
}
