import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { BaseError, UserRejectedRequestError } from 'viem'
import { useAccount, useConfig } from 'wagmi'
import { useSettings } from '../app/context'
import type { Intent } from '../chain/intent'
import { DappRefused, Reverted, type Sent, send } from '../chain/send'
import { NodeError } from '../node/rpc'
import { words } from '../words'

export type Sending =
  | { state: 'idle' }
  | { state: 'busy'; step: 'wallet' | 'chain' | 'node' }
  | { state: 'done'; sent: Sent }
  | { state: 'failed'; text: string; code?: string }

/** Carry an intent out, and tell what it is waiting for, what became of it, or what went wrong. */
export function useIntent() {
  const config = useConfig()
  const settings = useSettings()
  const { address } = useAccount()
  const queries = useQueryClient()
  const [sending, setSending] = useState<Sending>({ state: 'idle' })
  const carryOut = async (intent: Intent): Promise<Sent | undefined> => {
    if (!address) return undefined
    try {
      const sent = await send(config, settings, address, intent, (step) => setSending({ state: 'busy', step }))
      setSending({ state: 'done', sent })
      return sent
    } catch (error) {
      setSending({ state: 'failed', ...told(error) })
      return undefined
    } finally {
      await queries.invalidateQueries()
    }
  }
  return { sending, carryOut, reset: () => setSending({ state: 'idle' }) }
}

function told(error: unknown): { text: string; code?: string } {
  if (error instanceof DappRefused) {
    return { text: words.refusals[error.refusal.code] ?? error.refusal.message, code: error.refusal.code }
  }
  if (error instanceof Reverted || error instanceof NodeError) return { text: error.message }
  if (error instanceof BaseError && error.walk((one) => one instanceof UserRejectedRequestError)) {
    return { text: words.sending.rejected }
  }
  if (error instanceof BaseError) return { text: words.sending.failed, code: error.shortMessage }
  return { text: words.sending.failed, code: String(error) }
}
