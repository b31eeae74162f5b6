import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useConfig } from 'wagmi'
import { useSettings } from '../app/context'
import { proofWalker } from '../node/consensus'
import type { NoticeOutput } from '../node/outputs'
import { useNotices } from './hooks'

/** `proven`: its proof leads to a root that the consensus contract on chain has accepted. */
export type ClaimState = 'proven' | 'waiting' | 'differs'

export interface ClaimCheck {
  output: NoticeOutput
  state: ClaimState
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
      const walker = proofWalker(config, settings)
      const found: ClaimCheck[] = []
      for (const output of notices) {
        if (!output.siblings) found.push({ output, state: 'waiting' })
        else {
          const sound = await walker.check(output.hash, output.index, output.siblings)
          found.push({ output, state: sound ? 'proven' : 'differs' })
        }
      }
      return found
    },
  })
  return { data: checked.data, error: error ?? checked.error }
}
