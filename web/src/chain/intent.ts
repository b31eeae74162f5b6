import { erc20PortalAbi, inputBoxAbi } from '@deml/abi'
import { type Address, concat, decodeFunctionData, encodeFunctionData, erc20Abi, type Hex, numberToHex } from 'viem'
import type { Settings } from '../app/settings'

/** One transaction: where to, and with which calldata. */
export interface Call {
  to: Address
  data: Hex
}

/**
 * What is about to be done and cannot be undone: made first, shown, and only then sent. The same split as the SDK's.
 */
export interface Intent {
  /** The deed in words, with its amount: "Claim 360 DEV". */
  deed: string
  calls: Call[]
  /** Whose deed it is: no other account may send it. Nobody's where anybody may, and it is all the same. */
  from?: Address | undefined
  /** The last second, by the chain's clock, at which it does what it says: later it is not sent. */
  until?: number | undefined
  /** What the whole world learns by it; empty where nothing. */
  becomesPublic: string[]
  /** What stays here. */
  stays: string[]
  /** What happens otherwise, and what to think twice about. */
  otherwise: string[]
}

/** An input as the InputBox has to be told of it: who sends it there, and its payload. */
export interface AskedInput {
  sender: Address
  payload: Hex
}

/** The inputs that transactions of `account` add, in order, by their calldata: what else they do adds none. */
export function inputsAsked(calls: readonly Call[], account: Address): AskedInput[] {
  return calls.flatMap(({ to, data }): AskedInput[] => {
    const called = readCall(data)
    if (called?.functionName === 'addInput') return [{ sender: account, payload: called.args[1] }]
    if (called?.functionName !== 'depositERC20Tokens') return []
    const [token, , amount, order] = called.args
    // As the portals encode a deposit of ERC-20 tokens.
    return [{ sender: to, payload: concat([token, account, numberToHex(amount, { size: 32 }), order]) }]
  })
}

const ADDING = [...inputBoxAbi, ...erc20PortalAbi] as const

function readCall(data: Hex) {
  try {
    return decodeFunctionData({ abi: ADDING, data })
  } catch {
    return undefined // a call of another contract's, such as a token's or the Application's
  }
}

/** The transaction that sends an input to the dapp. */
export function inputCall(settings: Settings, inputBox: Address, payload: Hex): Call {
  const data = encodeFunctionData({ abi: inputBoxAbi, functionName: 'addInput', args: [settings.appAddress, payload] })
  return { to: inputBox, data }
}

/**
 * The transactions of a deposit with execLayerData: an approval of exactly the amount where the portal may not take
 * enough, and the deposit. Some tokens refuse to change an allowance that is not zero; theirs is set to zero first.
 */
export function depositCalls(settings: Settings, token: Address, amount: bigint, allowed: bigint, order: Hex): Call[] {
  const approve = (value: bigint): Call => ({
    to: token,
    data: encodeFunctionData({ abi: erc20Abi, functionName: 'approve', args: [settings.erc20Portal, value] }),
  })
  const deposit: Call = {
    to: settings.erc20Portal,
    data: encodeFunctionData({
      abi: erc20PortalAbi,
      functionName: 'depositERC20Tokens',
      args: [token, settings.appAddress, amount, order],
    }),
  }
  if (allowed >= amount) return [deposit]
  return allowed > 0n ? [approve(0n), approve(amount), deposit] : [approve(amount), deposit]
}
