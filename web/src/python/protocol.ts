import type { Address, Hex } from 'viem'
import type { Terms } from '../market/types'

/** What can be asked of Python, by name: arguments and answer. */
export interface Calls {
  credited: {
    ask: { terms: Terms; initial: Uint8Array; model: Uint8Array; holdout: Uint8Array }
    answer: Evaluation
  }
  begin: { ask: { contracts: Contracts }; answer: null }
  advance: { ask: { meta: InputMetadata; payload: Uint8Array }; answer: Advanced }
}

/** Parts per million: what the initial model and this one score, and what of the gain luck cannot explain. */
export interface Evaluation {
  baseline: number
  score: number
  credited: number
}

/** Cartesi's contracts that the dapp's image trusts. */
export interface Contracts {
  ether_portal: Address
  erc20_portal: Address
  erc721_portal: Address
  erc1155_single_portal: Address
  erc1155_batch_portal: Address
  safe_transfer: Address
}

export interface InputMetadata {
  chain_id: number
  app: Address
  sender: Address
  block_number: number
  timestamp: number
  index: number
}

export interface Advanced {
  accepted: boolean
  /** Raw outputs, whose hashes are the leaves of the claim's tree. */
  outputs: Hex[]
  reports: Hex[]
}

/** The first message: where the page lies, with Python's files in a folder beside it. */
export interface Beginning {
  base: string
}

export type CallName = keyof Calls

export interface Question<N extends CallName = CallName> {
  id: number
  name: N
  ask: Calls[N]['ask']
}

export type Reply = { id: number; answer: unknown } | { id: number; failed: string }
