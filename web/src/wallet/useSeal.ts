import type { Hex } from 'viem'
import { useAccount, useSignTypedData } from 'wagmi'
import { useSettings } from '../app/context'
import { modelCommitment, wordOf } from '../chain/commitment'
import { deriveSalt, saltData } from '../chain/salt'
import { type KeptModel, keepModel, keptModel, type Place } from '../files/kept'

export interface Sealed {
  commitment: Hex
  salt: Hex
  kept: KeptModel
}

/** Seals models of the connected wallet, and opens what it sealed before. */
export function useSeal(jobId: number) {
  const settings = useSettings()
  const { address } = useAccount()
  const { signTypedDataAsync } = useSignTypedData()
  const place: Place | undefined = address && {
    chainId: settings.chainId,
    app: settings.appAddress,
    jobId,
    account: address,
  }

  const saltOf = async (known: Hex | undefined) => {
    if (!place) throw new Error('no wallet is connected')
    if (known) return { value: known, mustBeKept: true }
    const data = saltData('model', place.chainId, place.app, wordOf(jobId), place.account)
    return deriveSalt(data, (one) => signTypedDataAsync(one))
  }

  /** Make the commitment to a file, and keep the file in this browser. */
  const seal = async (name: string, content: Uint8Array): Promise<Sealed> => {
    if (!place) throw new Error('no wallet is connected')
    const { pack } = await import('../files/ipfs')
    const { cid } = await pack(content)
    const before = await keptModel(place)
    const salt = await saltOf(before?.salt)
    const kept: KeptModel = { name, content, cid: cid.toString(), ...(salt.mustBeKept ? { salt: salt.value } : {}) }
    await keepModel(place, kept)
    const context = { ...place, word: wordOf(jobId), owner: place.account }
    return { commitment: modelCommitment(context, cid.bytes, salt.value), salt: salt.value, kept }
  }

  /** The kept model with its salt, if it is what `commitment` seals. */
  const unseal = async (commitment: Hex): Promise<Sealed | undefined> => {
    const kept = place && (await keptModel(place))
    if (!kept) return undefined
    const made = await seal(kept.name, kept.content)
    return made.commitment === commitment ? made : undefined
  }

  return { seal, unseal, place }
}

/** The file that opens a commitment when a wallet cannot: for the user to keep. */
export function saltBackup(sealed: Sealed, jobId: number): Blob {
  const text = JSON.stringify({ jobId, cid: sealed.kept.cid, salt: sealed.salt }, null, 2)
  return new Blob([text], { type: 'application/json' })
}
