import type { JSX } from 'react'
import type { Job } from '../market/types'
import { useSpec } from '../market/useSpec'
import { words } from '../words'
import { jobWords } from '../words/job'
import { joinWords } from '../words/join'
import { Columns } from './Columns'
import { Foreign } from './Foreign'
import { Note } from './Note'

/** What data is wanted, in the sponsor's words, and on what terms of privacy and licence. */
export function Specification({ job }: { job: Job }): JSX.Element {
  const { specCid } = job.terms
  const { data, error } = useSpec(specCid)
  const text = jobWords.specification
  if (specCid === '') return <p className="text-14 text-ink-2">{text.none}</p>
  if (error) return <Note kind="warn">{joinWords.check.specLost(error.message)}</Note>
  if (!data) return <p className="text-14 text-ink-2">{words.loading}</p>
  const rows: [string, string][] = [
    [text.license, data.license],
    [text.privacy, data.privacy ? text.privacyText(data.privacy.max_epsilon, data.privacy.max_delta) : ''],
    [text.use, data.permittedUse],
    [text.trainer, data.trainer.kind === 'builtin' ? '' : text.trainerText(data.trainer.cid)],
  ]
  return (
    <>
      {data.title !== job.terms.title && <Note kind="warn">{text.otherTitle}</Note>}
      <p className="max-w-[68ch] text-ink-2">
        <Foreign text={data.description} />
      </p>
      <dl className="pairs words mt-4">
        {rows
          .filter(([, said]) => said !== '')
          .map(([name, said]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <Foreign text={said} />
              </dd>
            </div>
          ))}
      </dl>
      <Columns spec={data} />
    </>
  )
}
