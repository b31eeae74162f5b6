import { formatUnits } from 'viem'
import { visible } from '../components/Foreign'

export interface Token {
  symbol: string
  decimals: number
}

const groups = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })

/** An amount with thousands separated and no more decimals than it needs: `1,204.5`. */
export function amountText(amount: bigint, token: Token, most = 4): string {
  const [whole = '0', fraction = ''] = formatUnits(amount, token.decimals).split('.')
  const shown = fraction.slice(0, most).replace(/0+$/, '')
  const lost = fraction.slice(most).replace(/0+$/, '') !== ''
  const text = `${groups.format(BigInt(whole))}${shown ? `.${shown}` : ''}`
  return lost ? `${text}…` : text
}

/** An amount as a large figure shows it: rounded to two decimals, unless nothing would be left of it. */
export function figureText(amount: bigint, token: Token): string {
  const unit = 10n ** BigInt(Math.max(0, token.decimals - 2))
  const rounded = ((amount + unit / 2n) / unit) * unit
  return amountText(rounded === 0n ? amount : rounded, token)
}

/** The same with the symbol, for sentences and buttons. */
export function withSymbol(amount: bigint, token: Token): string {
  return `${amountText(amount, token)} ${token.symbol}`
}

/** Longest symbol that is shown whole. */
const LONGEST_SYMBOL = 16

/**
 * What a token is called. Its contract may call it anything: one that the settings do not name has its address beside it,
 * so that no stranger's passes for the market's own.
 */
export function symbolOf(said: string, address: string, own: string): string {
  const symbol = visible(said.slice(0, LONGEST_SYMBOL))
  return address.toLowerCase() === own.toLowerCase()
    ? symbol
    : `${symbol} (${address.slice(0, 6)}…${address.slice(-4)})`
}
