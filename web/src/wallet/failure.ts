import { BaseError, HttpRequestError, TimeoutError, UserRejectedRequestError } from 'viem'
import { DappRefused, NotAsAsked, OtherAccount, Reorganised, Replaced, Reverted, TooLate } from '../chain/send'
import { NodeError } from '../node/rpc'
import { sendingWords } from '../words/sending'

/** What went wrong in words, and the code behind it. */
export interface Failure {
  text: string
  code?: string
}

/** Codes of EIP-1193 and EIP-1474 by which a wallet says that nobody has unlocked it. */
const LOCKED = new Set([4100, 4900, -32002])

/** What says itself what went wrong. */
const SPEAKING = [Reverted, Replaced, NotAsAsked, NodeError, TooLate, OtherAccount] as const

/** Say what an error that came up while sending means for who sent; `hasLeft`: something is under way to the chain. */
export function failureOf(error: unknown, hasLeft = false): Failure {
  if (error instanceof DappRefused) {
    return { text: sendingWords.refusals[error.refusal.code] ?? error.refusal.message, code: error.refusal.code }
  }
  if (error instanceof Reorganised) return { text: sendingWords.sending.reorganised }
  if (SPEAKING.some((one) => error instanceof one)) return { text: (error as Error).message }
  const unknown = hasLeft ? sendingWords.sending.unheard : sendingWords.sending.failed
  if (!(error instanceof BaseError)) return { text: unknown, code: String(error) }
  const code = error.shortMessage
  if (error.walk((one) => one instanceof UserRejectedRequestError)) return { text: sendingWords.sending.rejected }
  if (error.walk((one) => LOCKED.has((one as { code?: number }).code ?? 0)))
    return { text: sendingWords.sending.locked, code }
  if (error.walk((one) => one instanceof HttpRequestError || one instanceof TimeoutError)) {
    return { text: sendingWords.sending.chainDown, code }
  }
  return { text: unknown, code }
}
