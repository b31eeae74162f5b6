import type { JSX } from 'react'
import { useSpec } from '../market/useSpec'
import { jobWords } from '../words/job'
import { Foreign } from './Foreign'

/** On what terms the models are bought, as the specification says: shown before anybody accepts. */
export function PermittedUse({ specCid }: { specCid: string }): JSX.Element | null {
  const { data } = useSpec(specCid)
  if (!data) return null
  const text = jobWords.specification
  return (
    <dl className="pairs words max-w-[58ch]">
      <div>
        <dt>{text.use}</dt>
        <dd>{data.permittedUse === '' ? text.useUnsaid : <Foreign text={data.permittedUse} />}</dd>
      </div>
      {data.license !== '' && (
        <div>
          <dt>{text.license}</dt>
          <dd>
            <Foreign text={data.license} />
          </dd>
        </div>
      )}
    </dl>
  )
}
