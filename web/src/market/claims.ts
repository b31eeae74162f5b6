import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useConfig } from 'wagmi'
import { useSettings } from '../app/context'
import { claimsOf } from '../node/claims'
import { proofWalker } from '../node/consensus'
import type { NoticeOutput } from '../node/outputs'
import { note } from './disputes'
import { useNotices } from './hooks'
import { judgeProofs } from './proofs'

/** Pause between looks at proofs that the chain has not accepted. */
const LOOK_MS = 20_000

/**
 * `proven`: its proof leads to a root that the consensus contract on chain has accepted; `pending`: to one that may be
 * accepted yet; `waiting`: it has no proof.
 */
export type ClaimState = 'proven' | 'pending' | 'waiting' | 'differs'

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
    refetchInterval: ({ state }) =>
      state.data?.some((one) => one.state === 'differs' || one.state === 'pending') ? LOOK_MS : false,
    queryFn: async (): Promise<ClaimCheck[]> => {
      const walker = proofWalker(config, settings)
      const sound = new Set<NoticeOutput>()
      for (const one of notices) {
        if (one.siblings && (await walker.check(one.hash, one.index, one.siblings))) sound.add(one)
      }
      const pending = await judgeProofs(notices, sound, settings, claimsOf(config.getClient(), settings))
      const found = notices.map((output): ClaimCheck => {
        if (!output.siblings) return { output, state: 'waiting' }
        if (sound.has(output)) return { output, state: 'proven' }
        return { output, state: pending.has(output) ? 'pending' : 'differs' }
      })
      const differing = found.filter((one) => one.state === 'differs').length
      note(settings, 'proofs', differing > 0 ? { what: 'proof', count: differing } : undefined)
      return found
    },
  })
  return { data: checked.data, error: error ?? checked.error }
}
