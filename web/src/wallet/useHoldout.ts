import type { Hex } from 'viem'
import { useAccount, useSignTypedData } from 'wagmi'
import { useSettings } from '../app/context'
import { holdoutCommitment } from '../chain/commitment'
import { deriveSalt, saltData } from '../chain/salt'

export interface SealedHoldout {
  commitment: Hex
  cid: string
  salt: Hex
  /** The wallet cannot make the salt again. */
  mustBeKept: boolean
}

/** Seals test rows of the connected wallet under a job's nonce; the same commitment as the command's. */
export function useHoldout() {
  const { chainId, appAddress: app } = useSettings()
  const { address } = useAccount()
  const { signTypedDataAsync } = useSignTypedData()

  /** Make the commitment to test rows, with a salt that is known already or that the wallet signs. */
  return async (nonce: Hex, content: Uint8Array, known?: Hex): Promise<SealedHoldout> => {
    if (!address) throw new Error('no wallet is connected')
    const { pack } = await import('../files/ipfs')
    const { cid } = await pack(content)
    const data = saltData('holdout', chainId, app, nonce, address)
    const salt = known ? { value: known, mustBeKept: true } : await deriveSalt(data, (one) => signTypedDataAsync(one))
    const commitment = holdoutCommitment({ chainId, app, word: nonce, owner: address }, cid.bytes, salt.value)
    return { commitment, cid: cid.toString(), salt: salt.value, mustBeKept: salt.mustBeKept }
  }
}
