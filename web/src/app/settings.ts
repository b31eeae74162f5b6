import type { Address } from 'viem'
import type { Contracts } from '../python/protocol'

/** Where the page finds a market: `settings.json` beside it, as `deml web` serves it or an operator writes it. */
export interface Settings {
  chainId: number
  chainName?: string
  /** JSON-RPC of an execution client. */
  rpcUrl: string
  /** A second one, asked where the first does not answer. */
  secondRpcUrl?: string
  /** JSON-RPC of a Cartesi node. */
  nodeUrl: string
  /** Where `POST /<application>` answers inspect queries. */
  inspectUrl: string
  appAddress: Address
  erc20Portal: Address
  token: Address
  modelRegistry?: Address
  /** Cartesi's contracts that the dapp's image trusts; without them the page cannot run the market again. */
  contracts?: Contracts
  /** Trustless IPFS gateways to read files from. */
  gateways: string[]
  /** RPC of an IPFS node that takes files (Kubo's, ends in /api/v0); without it they are handed over as CARs. */
  ipfsUrl?: string
  explorer?: string
  walletConnect: { projectId: string; relayUrl?: string }
}

/**
 * Read the settings of this deployment.
 *
 * @throws Error if they cannot be read or name no market.
 */
export async function loadSettings(): Promise<Settings> {
  const response = await fetch('./settings.json', { cache: 'no-cache' })
  if (!response.ok) throw new Error(`settings.json beside this page cannot be read (HTTP ${response.status}).`)
  const given = (await response.json()) as Partial<Settings>
  return checked({ gateways: [], walletConnect: { projectId: '' }, ...given })
}

function checked(found: Partial<Settings>): Settings {
  for (const name of ['chainId', 'rpcUrl', 'nodeUrl', 'inspectUrl', 'appAddress', 'erc20Portal', 'token'] as const) {
    if (!found[name]) throw new Error(`settings.json does not say ${name}.`)
  }
  return found as Settings
}
