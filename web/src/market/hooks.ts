import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { Address } from 'viem'
import { erc20Abi } from 'viem'
import { useBlock, useReadContracts } from 'wagmi'
import { useSettings } from '../app/context'
import { noticesFrom } from '../node/outputs'
import { call } from '../node/rpc'
import type { Token } from './amounts'
import { fetchAccount, fetchJob, fetchJobs } from './fetch'
import type { Clock } from './posting'

/** Pause between looks at the node: blocks of the chains meant here come every 2 to 12 seconds. */
const LOOK_MS = 4_000

/** Pause between readings of all notices: they are many, and claims, which prove them, come an epoch apart. */
const READ_MS = 20_000

/** Jobs that the dapp remembers. */
export function useJobs() {
  const settings = useSettings()
  return useQuery({
    queryKey: ['jobs', settings.appAddress],
    queryFn: () => fetchJobs(settings),
    refetchInterval: LOOK_MS,
    placeholderData: keepPreviousData,
  })
}

/** One job with its clients. */
export function useJob(jobId: number) {
  const settings = useSettings()
  return useQuery({
    queryKey: ['job', settings.appAddress, jobId],
    queryFn: () => fetchJob(settings, jobId),
    refetchInterval: LOOK_MS,
  })
}

/** What concerns an account in the dapp. */
export function useAccountView(account: Address | undefined) {
  const settings = useSettings()
  return useQuery({
    queryKey: ['account', settings.appAddress, account],
    queryFn: () => (account ? fetchAccount(settings, account) : null),
    enabled: account !== undefined,
    refetchInterval: LOOK_MS,
  })
}

/** How many inputs the node has run: the lightest question that tells whether it answers. */
export function useProcessedInputs() {
  const settings = useSettings()
  return useQuery({
    queryKey: ['processed', settings.appAddress],
    queryFn: () =>
      call<unknown>(settings.nodeUrl, 'cartesi_getProcessedInputCount', { application: settings.appAddress }),
    refetchInterval: LOOK_MS,
  })
}

/** All notices of the market, in order. */
export function useNotices() {
  const settings = useSettings()
  return useQuery({
    queryKey: ['notices', settings.appAddress],
    queryFn: () => noticesFrom(settings, 0),
    refetchInterval: READ_MS,
  })
}

/** Timestamp of the chain's latest block, the only clock that the protocol knows; undefined until it is read. */
export function useBlockTime(): number | undefined {
  const block = useBlock({ watch: true, query: { refetchInterval: LOOK_MS } })
  return block.data ? Number(block.data.timestamp) : undefined
}

/** Timestamps of the chain's latest block and of the latest that no re-org can undo; undefined until they are read. */
export function useClock(): Clock | undefined {
  const latest = useBlock({ query: { refetchInterval: LOOK_MS } })
  const finalised = useBlock({ blockTag: 'finalized', query: { refetchInterval: LOOK_MS } })
  if (!latest.data || !finalised.data) return undefined
  return { latest: Number(latest.data.timestamp), finalised: Number(finalised.data.timestamp) }
}

/** Symbol and decimals of tokens, by lower-case address; a token that does not answer is missing. */
export function useTokens(addresses: readonly Address[]): Map<string, Token> {
  const unique = [...new Set(addresses.map((one) => one.toLowerCase() as Address))].sort()
  const found = useReadContracts({
    contracts: unique.flatMap((address) => [
      { address, abi: erc20Abi, functionName: 'symbol' } as const,
      { address, abi: erc20Abi, functionName: 'decimals' } as const,
    ]),
    query: { enabled: unique.length > 0, staleTime: Number.POSITIVE_INFINITY },
  })
  const tokens = new Map<string, Token>()
  unique.forEach((address, index) => {
    const symbol = found.data?.[2 * index]?.result
    const decimals = found.data?.[2 * index + 1]?.result
    if (typeof symbol === 'string' && typeof decimals === 'number') tokens.set(address, { symbol, decimals })
  })
  return tokens
}
