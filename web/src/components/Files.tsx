import { type JSX, useState } from 'react'
import { getAddress } from 'viem'
import { useSettings } from '../app/context'
import { isVerified } from '../market/phases'
import { MAX_SPEC_BYTES } from '../market/spec'
import type { JobDetail } from '../market/types'
import { messageOf } from '../words'
import { jobWords } from '../words/job'
import { shortened } from './AddressText'
import { ByHand } from './ByHand'
import { download } from './download'
import { Icon } from './Icon'
import { Note } from './Note'

/** Files of a job, to be had from a gateway; each is held against its CID before it is handed over. */
export function Files({ detail }: { detail: JobDetail }): JSX.Element {
  const { job, clients } = detail
  const { terms } = job
  const settings = useSettings()
  const [busy, setBusy] = useState('')
  const [problem, setProblem] = useState('')
  const text = jobWords.files
  const models = clients
    .filter(isVerified)
    .flatMap((one) =>
      one.modelCid
        ? [{ cid: one.modelCid, name: text.model(shortened(getAddress(one.client))), most: terms.maxModelBytes }]
        : [],
    )
  const files = [
    { cid: terms.specCid, name: text.spec, most: MAX_SPEC_BYTES },
    { cid: terms.initialModelCid, name: text.initial, most: terms.maxModelBytes },
    { cid: job.dataCid ?? '', name: text.rows, most: terms.maxHoldoutBytes },
    ...models,
  ].filter((one) => one.cid !== '')
  const save = async (cid: string, most: number) => {
    setBusy(cid)
    setProblem('')
    try {
      const { fetchFile } = await import('../files/fetch')
      const content = await fetchFile(settings.gateways, cid, most)
      download(new Blob([content as BlobPart]), cid === terms.specCid ? `${cid}.json` : `${cid}.safetensors`)
    } catch (error) {
      setProblem(text.lost(messageOf(error)))
    } finally {
      setBusy('')
    }
  }
  return (
    <div className="mt-4 grid gap-3">
      <div className="flex flex-wrap gap-2">
        {files.map(({ cid, name, most }) => (
          <button
            key={cid}
            type="button"
            className="button small"
            aria-busy={busy === cid}
            onClick={() => save(cid, most)}
          >
            <Icon name="down" /> {name}
          </button>
        ))}
      </div>
      {problem && <Note kind="warn">{problem}</Note>}
      <ByHand />
    </div>
  )
}
