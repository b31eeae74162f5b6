import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useAccount, useConfig } from 'wagmi'
import { useSettings } from '../app/context'
import type { Intent } from '../chain/intent'
import { type Sent, send } from '../chain/send'
import { type Failure, failureOf } from './failure'

export type Sending =
  | { state: 'idle' }
  | { state: 'busy'; step: 'wallet' | 'chain' | 'node' }
  | { state: 'done'; sent: Sent }
  | ({ state: 'failed'; hasLeft: boolean } & Failure)

/** Carry an intent out, and tell what it is waiting for, what became of it, or what went wrong. */
export function useIntent() {
  const config = useConfig()
  const settings = useSettings()
  const { address } = useAccount()
  const queries = useQueryClient()
  const [sending, setSending] = useState<Sending>({ state: 'idle' })
  const carryOut = async (intent: Intent): Promise<Sent | undefined> => {
    if (!address) return undefined
    // What has left the wallet once is not sent again unseen: a deposit would be made twice.
    let hasLeft = false
    const told = (step: 'wallet' | 'chain' | 'node') => {
      hasLeft ||= step !== 'wallet'
      setSending({ state: 'busy', step })
    }
    try {
      const sent = await send(config, settings, address, intent, told)
      setSending({ state: 'done', sent })
      return sent
    } catch (error) {
      setSending({ state: 'failed', hasLeft, ...failureOf(error, hasLeft) })
      return undefined
    } finally {
      await queries.invalidateQueries()
    }
  }
  return { sending, carryOut, reset: () => setSending({ state: 'idle' }) }
}
