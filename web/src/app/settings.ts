import type { Address } from 'viem'
import type { Contracts } from '../python/protocol'
import { errorWords } from '../words/errors'

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
  /** All Applications of the market, this one first, each as if the page were for it alone. */
  applications: readonly Settings[]
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

/** What differs in a further Application of the market: its address, and its node where that is another one. */
export type Further = Pick<Settings, 'appAddress'> & Partial<Pick<Settings, 'nodeUrl' | 'inspectUrl'>>

/** The file: `applications` names the further ones. */
export type SettingsFile = Omit<Settings, 'applications'> & { applications?: readonly Further[] }

/**
 * Read the settings of this deployment.
 *
 * @throws Error if they cannot be read or name no market.
 */
export async function loadSettings(): Promise<Settings> {
  const response = await fetch('./settings.json', { cache: 'no-cache' })
  if (!response.ok) throw new Error(errorWords.settings.unread(response.status))
  const given = (await response.json()) as Partial<SettingsFile>
  return settingsOf({ gateways: [], walletConnect: { projectId: '' }, ...given })
}

/**
 * Settings out of what the file says.
 *
 * @throws Error if it names no market.
 */
export function settingsOf(found: Partial<SettingsFile>): Settings {
  for (const name of ['chainId', 'rpcUrl', 'nodeUrl', 'inspectUrl', 'appAddress', 'erc20Portal', 'token'] as const) {
    if (!found[name]) throw new Error(errorWords.settings.missing(name))
  }
  const applications = [found, ...(found.applications ?? []).map((one) => ({ ...found, ...one }))] as Settings[]
  const addresses = applications.map((one) => one.appAddress?.toLowerCase())
  const halves = found.applications?.some((one) => !one.nodeUrl !== !one.inspectUrl)
  if (halves || addresses.some((one, index) => !one || addresses.indexOf(one) < index)) {
    throw new Error(
      'settings.json: each of applications needs an own appAddress, and nodeUrl with inspectUrl or neither.',
    )
  }
  for (const one of applications) one.applications = applications
  return found as Settings
}
