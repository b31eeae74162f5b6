import { Link } from '@tanstack/react-router'
import type { JSX } from 'react'
import { useNotices } from '../market/hooks'
import { useRecomputedOutputs } from '../market/recomputed'
import type { JobDetail } from '../market/types'
import { jobWords } from '../words/job'
import { AddressText } from './AddressText'
import { download } from './download'
import { Provenance } from './Provenance'

/** Every notice about a job, each with its hash and its proof. */
export function Proofs({ detail }: { detail: JobDetail }): JSX.Element {
  const { data } = useNotices()
  const recomputed = useRecomputedOutputs()
  const { columns } = jobWords.proofs
  const about = (data?.notices ?? []).filter((one) => one.notice.jobId === detail.job.jobId).reverse()
  const save = () => {
    const text = JSON.stringify(about, (_, value) => (typeof value === 'bigint' ? value.toString() : value), 2)
    download(new Blob([text], { type: 'application/json' }), `job-${detail.job.jobId}-notices.json`)
  }
  return (
    <>
      <table className="table stackable">
        <thead>
          <tr>
            <th scope="col">{columns.says}</th>
            <th scope="col">{columns.hash}</th>
            <th scope="col">{columns.here}</th>
            <th scope="col">{columns.claim}</th>
          </tr>
        </thead>
        <tbody>
          {about.map((one) => (
            <tr key={one.index}>
              <td className="whole">
                <span className="inline-block min-w-10 text-ink-3">#{one.index}</span>{' '}
                {jobWords.proofs.notices[one.notice.name] ?? one.notice.name}
              </td>
              <td data-label={columns.hash}>
                <AddressText value={one.hash} />
              </td>
              <td data-label={columns.here}>
                <Provenance state={recomputed(one)} output={one.index} />
              </td>
              <td data-label={columns.claim}>
                {one.siblings ? (
                  <Link to="/verify" search={{ output: one.index }}>
                    {jobWords.proofs.claimed}
                  </Link>
                ) : (
                  jobWords.proofs.waiting
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <button type="button" className="button small mt-4" onClick={save}>
        {jobWords.proofs.download}
      </button>
    </>
  )
}
