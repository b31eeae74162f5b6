import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useConfig } from 'wagmi'
import { useSettings } from '../app/context'
import { proofWalker } from '../node/consensus'
import type { NoticeOutput } from '../node/outputs'
import { note } from './disputes'
import { useNotices } from './hooks'

/** Pause between looks at proofs that the chain has not accepted. */
const LOOK_MS = 20_000

/** `proven`: its proof leads to a root that the consensus contract on chain has accepted. */
export type ClaimState = 'proven' | 'waiting' | 'differs'

export interface ClaimCheck {
  output: NoticeOutput
  state: ClaimState
}

/** Check every notice's Merkle proof in this browser, and ask the consensus contract about each root once; what fails is noted. */
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
    // A claim that is computed may be accepted soon.
    refetchInterval: ({ state }) => (state.data?.some((one) => one.state === 'differs') ? LOOK_MS : false),
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
      const differing = found.filter((one) => one.state === 'differs').length
      note(settings, 'proofs', differing > 0 ? { what: 'proof', count: differing } : undefined)
      return found
    },
  })
  return { data: checked.data, error: error ?? checked.error }
}
