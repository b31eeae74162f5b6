import type { JSX, ReactNode } from 'react'
import type { useShare } from '../wallet/useShare'
import { postWords } from '../words/post'
import { download } from './download'
import { Field } from './Field'
import { Note } from './Note'

/** Files that no IPFS node has taken: another node to try, and each file as a CAR. */
export function HandOver(props: { sharing: ReturnType<typeof useShare>; children?: ReactNode }): JSX.Element | null {
  const { sharing, children } = props
  const text = postWords.share
  const { failed } = sharing
  if (!failed) return null
  return (
    <section className="grid justify-items-start gap-4" aria-label={text.title}>
      <Note kind="warn" title={text.failed(failed.reason)}>
        {text.handOver}
      </Note>
      <Field label={text.ipfs} hint={text.ipfsHint} value={sharing.ipfsUrl} onChange={sharing.setIpfsUrl} />
      <div className="flex flex-wrap gap-2">
        {failed.files.map(({ name, packed }) => (
          <button
            key={name}
            type="button"
            className="button small"
            onClick={() => download(new Blob([packed.car as BlobPart]), `${packed.cid}.car`)}
          >
            {text.download(name)}
          </button>
        ))}
      </div>
      {children}
    </section>
  )
}
