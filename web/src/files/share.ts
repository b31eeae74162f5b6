import { errorWords } from '../words/errors'
import type { Packed } from './ipfs'

/** An IPFS node does not take a file. */
export class NotShared extends Error {
  override name = 'NotShared'
}

/** How long an upload of at most 64 MB may take. */
const SHARE_MS = 120_000

/**
 * Give a file to an IPFS node of one's own (Kubo's RPC, `dag/import`), which pins it.
 *
 * @throws NotShared
 */
export async function shareFile(ipfsUrl: string, { cid, car }: Packed): Promise<void> {
  const form = new FormData()
  form.append('file', new Blob([car as BlobPart], { type: 'application/vnd.ipld.car' }), `${cid}.car`)
  let text: string
  try {
    const response = await fetch(`${ipfsUrl.replace(/\/$/, '')}/dag/import?pin-roots=true`, {
      method: 'POST',
      body: form,
      referrerPolicy: 'no-referrer',
      signal: AbortSignal.timeout(SHARE_MS),
    })
    text = await response.text()
    if (!response.ok) throw new NotShared(errorWords.files.status(response.status))
  } catch (error) {
    throw error instanceof NotShared ? error : new NotShared(errorWords.files.ipfsSilent)
  }
  if (!text.includes(cid.toString())) throw new NotShared(errorWords.files.ipfsOther)
}
