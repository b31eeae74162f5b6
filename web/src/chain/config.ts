import { type Chain, defineChain } from 'viem'
import { type CreateConnectorFn, createConfig, fallback, http } from 'wagmi'
import { injected } from 'wagmi/connectors/injected'
import { walletConnect } from 'wagmi/connectors/walletConnect'
import type { Settings } from '../app/settings'
import { errorWords } from '../words/errors'

/** Project id for relays that ask for none; real relays refuse it. */
const NO_PROJECT = '0'.repeat(32)

/** The chain that the settings name; nothing about it is taken from elsewhere. */
export function chainOf(settings: Settings): Chain {
  return defineChain({
    id: settings.chainId,
    name: settings.chainName ?? `Chain ${settings.chainId}`,
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [settings.rpcUrl] } },
    ...(settings.explorer ? { blockExplorers: { default: { name: 'Explorer', url: settings.explorer } } } : {}),
  })
}

let phoneWanted = false

/** Somebody wants to connect a phone: from here on its code may be loaded. */
export function wantPhone(): void {
  phoneWanted = true
}

/** WalletConnect, of which nothing is loaded before somebody wants it, or has a session from before. */
function onDemand(parameters: Parameters<typeof walletConnect>[0]): CreateConnectorFn {
  return (config) => {
    const made = walletConnect(parameters)(config)
    const wanted = async () => phoneWanted || (await config.storage?.getItem('recentConnectorId')) === made.id
    const { setup, getProvider, isAuthorized } = made
    return {
      ...made,
      async setup() {
        if (await wanted()) await setup?.call(this)
      },
      async getProvider(...asked: Parameters<typeof getProvider>) {
        return (await wanted()) ? getProvider.apply(this, asked) : (undefined as never)
      },
      async isAuthorized() {
        return (await wanted()) && isAuthorized.call(this)
      },
    }
  }
}

/**
 * Wallets found in the browser (EIP-6963), and phones by WalletConnect where a relay is configured. The code for
 * WalletConnect is loaded when somebody asks for it.
 */
export function walletConfig(settings: Settings) {
  const chain = chainOf(settings)
  const urls = settings.secondRpcUrl ? [settings.rpcUrl, settings.secondRpcUrl] : [settings.rpcUrl]
  const { projectId, relayUrl } = settings.walletConnect
  const phone =
    projectId || relayUrl
      ? [
          onDemand({
            projectId: projectId || NO_PROJECT,
            showQrModal: false,
            telemetryEnabled: false,
            ...(relayUrl ? { relayUrl } : {}),
            metadata: { name: 'DeML', description: errorWords.page, url: location.origin, icons: [] },
          } as Parameters<typeof walletConnect>[0]),
        ]
      : []
  return createConfig({
    chains: [chain],
    transports: { [chain.id]: fallback(urls.map((url) => http(url))) },
    connectors: [injected(), ...phone],
    multiInjectedProviderDiscovery: true,
  })
}

export type WalletConfig = ReturnType<typeof walletConfig>

declare module 'wagmi' {
  interface Register {
    config: WalletConfig
  }
}
