import type { JSX } from 'react'
import { amountText, figureText, type Token } from '../market/amounts'

/** An amount as a large figure; the exact one is its title. */
export function Amount({ value, token }: { value: bigint; token: Token }): JSX.Element {
  return <span title={`${amountText(value, token, token.decimals)} ${token.symbol}`}>{figureText(value, token)}</span>
}
