import { useState } from 'react'
import { useSettings } from '../app/context'
import type { Packed } from '../files/ipfs'

/** A file that everybody must be able to fetch. */
export interface Shareable {
  name: string
  content: Uint8Array
}

/** Where Kubo listens unless it is told otherwise. */
const USUAL_IPFS = 'http://127.0.0.1:5001/api/v0'

/** Puts files on IPFS by the user's own node; those that it does not take are there to be handed over as CARs. */
export function useShare() {
  const settings = useSettings()
  const [ipfsUrl, setIpfsUrl] = useState(settings.ipfsUrl ?? USUAL_IPFS)
  const [failed, setFailed] = useState<{ reason: string; files: { name: string; packed: Packed }[] }>()

  /** Share them all; false if one could not be shared. */
  const share = async (files: readonly Shareable[]): Promise<boolean> => {
    const { pack } = await import('../files/ipfs')
    const { shareFile, NotShared } = await import('../files/share')
    const packed = await Promise.all(files.map(async ({ name, content }) => ({ name, packed: await pack(content) })))
    try {
      for (const one of packed) await shareFile(ipfsUrl, one.packed)
      setFailed(undefined)
      return true
    } catch (error) {
      if (!(error instanceof NotShared)) throw error
      setFailed({ reason: error.message, files: packed })
      return false
    }
  }
  return { ipfsUrl, setIpfsUrl, share, failed }
}
