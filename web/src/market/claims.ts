import { applicationAbi } from '@deml/abi'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { Hex } from 'viem'
import { useConfig } from 'wagmi'
import { readContract } from 'wagmi/actions'
import { useSettings } from '../app/context'
import { rootOf } from '../node/merkle'
import type { NoticeOutput } from '../node/outputs'
import { useNotices } from './hooks'

/** `proven`: its proof leads to a root that the consensus contract on chain has accepted. */
export type ClaimState = 'proven' | 'waiting' | 'differs'

export interface ClaimCheck {
  output: NoticeOutput
  state: ClaimState
  root?: Hex
}

const OUTPUTS_VALID_ABI = [
  {
    type: 'function',
    name: 'isOutputsMerkleRootValid',
    stateMutability: 'view',
    inputs: [
      { name: 'appContract', type: 'address' },
      { name: 'outputsMerkleRoot', type: 'bytes32' },
    ],
    outputs: [{ type: 'bool' }],
  },
] as const

/** Check every notice's Merkle proof in this browser, and ask the consensus contract about each root once. */
export function useClaimCheck() {
  const settings = useSettings()
  const config = useConfig()
  const { data, error } = useNotices()
  const notices = data?.notices ?? []
  const proven = notices.filter((one) => one.siblings).length
  const checked = useQuery({
    queryKey: ['claims', settings.appAddress, notices.length, proven],
    enabled: data !== undefined,
    placeholderData: keepPreviousData,
    queryFn: async (): Promise<ClaimCheck[]> => {
      const consensus = await readContract(config, {
        address: settings.appAddress,
        abi: applicationAbi,
        functionName: 'getOutputsMerkleRootValidator',
      })
      const known = new Map<Hex, Promise<boolean>>()
      const accepted = (root: Hex) => {
        const asked =
          known.get(root) ??
          readContract(config, {
            address: consensus,
            abi: OUTPUTS_VALID_ABI,
            functionName: 'isOutputsMerkleRootValid',
            args: [settings.appAddress, root],
          })
        known.set(root, asked)
        return asked
      }
      return Promise.all(
        notices.map(async (output): Promise<ClaimCheck> => {
          if (!output.siblings) return { output, state: 'waiting' }
          const root = rootOf(output.hash, output.index, output.siblings)
          return { output, root, state: (await accepted(root)) ? 'proven' : 'differs' }
        }),
      )
    },
  })
  return { data: checked.data, error: error ?? checked.error }
}
