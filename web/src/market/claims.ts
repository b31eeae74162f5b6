import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { Hex, PublicClient } from 'viem'
import { useConfig } from 'wagmi'
import { getPublicClient } from 'wagmi/actions'
import { useSettings } from '../app/context'
import { rootOf } from '../node/merkle'
import type { NoticeOutput } from '../node/outputs'
import { acceptedRoots } from '../node/roots'
import { useNotices } from './hooks'

/** `proven`: its proof leads to a root that the consensus contract on chain has accepted. */
export type ClaimState = 'proven' | 'waiting' | 'differs'

export interface ClaimCheck {
  output: NoticeOutput
  state: ClaimState
  root?: Hex
}

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
      const accepted = acceptedRoots(getPublicClient(config) as PublicClient, settings.appAddress)
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
