import { useQuery } from '@tanstack/react-query'
import type { JSX } from 'react'
import type { Hex } from 'viem'
import { download } from '../../components/download'
import { Icon } from '../../components/Icon'
import { Note } from '../../components/Note'
import { keptModel } from '../../files/kept'
import { saltBackup, useSeal } from '../../wallet/useSeal'
import { joinWords } from '../../words/join'

/** The sealed model as this browser keeps it, to be kept elsewhere as well; its salt too where no wallet can make it again. */
export function KeptFile({ jobId, commitment }: { jobId: number; commitment: Hex }): JSX.Element | null {
  const { place } = useSeal(jobId)
  const { data } = useQuery({
    queryKey: ['kept', place, commitment],
    queryFn: async () => (place ? ((await keptModel(place, commitment)) ?? null) : null),
    enabled: place !== undefined,
  })
  if (!data) return null
  return (
    <div className="grid justify-items-start gap-2">
      <button
        type="button"
        className="button small"
        onClick={() => download(new Blob([data.content as BlobPart]), `model-job-${jobId}.safetensors`)}
      >
        <Icon name="down" /> {joinWords.seal.downloadModel}
      </button>
      {data.salt ? (
        <Note kind="warn" title={joinWords.seal.keepSalt}>
          <button
            type="button"
            className="button small mt-2"
            onClick={() => download(saltBackup(data, jobId), `deml-salt-job-${jobId}.json`)}
          >
            {joinWords.seal.downloadSalt}
          </button>
        </Note>
      ) : (
        <p className="text-13 text-ink-3">{joinWords.seal.keptHere}</p>
      )}
    </div>
  )
}
