import type { Hex } from 'viem'
import { useAccount, useSignTypedData } from 'wagmi'
import { useSettings } from '../app/context'
import { modelCommitment, wordOf } from '../chain/commitment'
import { deriveSalt, saltData } from '../chain/salt'
import { type KeptModel, keepModel, keptModel, keptSalt, type Place } from '../files/kept'

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

  /** Make the commitment to a file, with a salt that is known already or that the wallet signs. */
  const sealed = async (name: string, content: Uint8Array, known: Hex | undefined): Promise<Sealed> => {
    if (!place) throw new Error('no wallet is connected')
    const { pack } = await import('../files/ipfs')
    const { cid } = await pack(content)
    const salt = await saltOf(known)
    const kept: KeptModel = { name, content, cid: cid.toString(), ...(salt.mustBeKept ? { salt: salt.value } : {}) }
    const context = { ...place, word: wordOf(jobId), owner: place.account }
    return { commitment: modelCommitment(context, cid.bytes, salt.value), salt: salt.value, kept }
  }

  /** Seal a file, and keep it in this browser. */
  const seal = async (name: string, content: Uint8Array): Promise<Sealed> => {
    if (!place) throw new Error('no wallet is connected')
    const made = await sealed(name, content, await keptSalt(place))
    await keepModel(place, made.commitment, made.kept)
    return made
  }

  /** The kept model with its salt, if it is what `commitment` seals. */
  const unseal = async (commitment: Hex): Promise<Sealed | undefined> => {
    const kept = place && (await keptModel(place, commitment))
    if (!kept) return undefined
    const made = await sealed(kept.name, kept.content, kept.salt)
    return made.commitment === commitment ? made : undefined
  }

  /** A file that was sealed on another machine, kept from now on; undefined, and nothing kept, if it is another one. */
  const reopen = async (
    commitment: Hex,
    name: string,
    content: Uint8Array,
    salt?: Hex,
  ): Promise<Sealed | undefined> => {
    if (!place) throw new Error('no wallet is connected')
    const made = await sealed(name, content, salt)
    if (made.commitment !== commitment) return undefined
    await keepModel(place, commitment, made.kept)
    return made
  }

  return { seal, unseal, reopen, place }
}

/** The file that opens a commitment when a wallet cannot: for the user to keep. */
export function saltBackup({ cid, salt }: KeptModel, jobId: number): Blob {
  const text = JSON.stringify({ jobId, cid, salt }, null, 2)
  return new Blob([text], { type: 'application/json' })
}

/** The salt out of a backup that `saltBackup` made; undefined if the file is none. */
export function saltIn(text: string): Hex | undefined {
  try {
    const { salt } = JSON.parse(text) as { salt?: unknown }
    return typeof salt === 'string' && /^0x[0-9a-f]{64}$/.test(salt) ? (salt as Hex) : undefined
  } catch {
    return undefined // not a file of ours
  }
}
