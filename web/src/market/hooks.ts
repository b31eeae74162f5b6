import { keepPreviousData, queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo } from 'react'
import type { Address } from 'viem'
import { erc20Abi } from 'viem'
import { useBlock, useConfig, useReadContracts } from 'wagmi'
import { useSettings } from '../app/context'
import type { Settings } from '../app/settings'
import { proofWalker } from '../node/consensus'
import { type NoticeOutput, noticePages } from '../node/outputs'
import { call } from '../node/rpc'
import { symbolOf, type Token } from './amounts'
import { fetchAccount, fetchJob, fetchJobs } from './fetch'
import { JobIndex, type KnownJobs } from './jobIndex'
import type { Clock } from './posting'

/** Pause between looks at the node: blocks of the chains meant here come every 2 to 12 seconds. */
const LOOK_MS = 4_000

/** Pause between readings of all notices: they are many, and claims, which prove them, come an epoch apart. */
const READ_MS = 20_000

/** Pause between showings of a list that is still being read. */
const SHOW_MS = 1_000

/** Jobs that the dapp remembers, read anew when it has run another input; unless they are not `wanted`. */
export function useJobs(wanted = true) {
  const settings = useSettings()
  const processed = useProcessedInputs()
  return useQuery({
    queryKey: ['jobs', settings.appAddress, processed.data],
    queryFn: () => fetchJobs(settings),
    enabled: wanted && (processed.data !== undefined || processed.isError),
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
  return useQuery(processedInputs(useSettings()))
}

/** The same as a query, for one of several Applications. */
export function processedInputs(settings: Settings) {
  return queryOptions({
    queryKey: ['processed', settings.appAddress],
    queryFn: async () => {
      const asked = { application: settings.appAddress }
      return Number((await call<{ data: string }>(settings.nodeUrl, 'cartesi_getProcessedInputCount', asked)).data)
    },
    refetchInterval: LOOK_MS,
  })
}

/** All notices of the market, in order. */
export function useNotices() {
  const settings = useSettings()
  const queries = useQueryClient()
  const queryKey = ['notices', settings.appAddress]
  return useQuery({
    queryKey,
    queryFn: async () => {
      // What is proven stays as it is: only what is not, and what is new, is read again.
      const before = queries.getQueryData<{ notices: NoticeOutput[] }>(queryKey)?.notices ?? []
      const firm = before.findIndex((one) => !one.siblings)
      const kept = firm < 0 ? before : before.slice(0, firm)
      const notices = [...kept]
      for await (const page of noticePages(settings, (kept.at(-1)?.place ?? -1) + 1)) notices.push(...page.notices)
      return { notices }
    },
    refetchInterval: READ_MS,
  })
}

/** Every job that the market has had, from its notices, by number; they appear page by page. */
export function useJobIndex() {
  const settings = useSettings()
  const config = useConfig()
  const queries = useQueryClient()
  const queryKey = ['index', settings.appAddress]
  return useQuery({
    queryKey,
    refetchInterval: READ_MS,
    queryFn: async (): Promise<KnownJobs> => {
      const index = await JobIndex.open(settings)
      const walker = proofWalker(config, settings)
      if (queries.getQueryData(queryKey) === undefined) queries.setQueryData(queryKey, index.known)
      let shown = performance.now()
      for await (const _ of index.advance(walker)) {
        if (performance.now() - shown < SHOW_MS) continue
        shown = performance.now()
        queries.setQueryData(queryKey, index.known)
      }
      return index.known
    },
  })
}

/** Timestamp of the chain's latest block, the only clock that the protocol knows; undefined until it is read. */
export function useBlockTime(): number | undefined {
  const block = useBlock({ watch: true, query: { refetchInterval: LOOK_MS } })
  return block.data ? Number(block.data.timestamp) : undefined
}

/** The chain's latest block, asked for again and again: whether the chain answers. */
export function useLatestBlock() {
  return useBlock({ query: { refetchInterval: LOOK_MS } })
}

/** Timestamps of the chain's latest block and of the latest that no re-org can undo; undefined until they are read. */
export function useClock(): Clock | undefined {
  const latest = useLatestBlock()
  const finalised = useBlock({ blockTag: 'finalized', query: { refetchInterval: LOOK_MS } })
  if (!latest.data || !finalised.data) return undefined
  return { latest: Number(latest.data.timestamp), finalised: Number(finalised.data.timestamp) }
}

/** Symbol and decimals of tokens, by lower-case address; a token that does not answer is missing. */
export function useTokens(addresses: readonly Address[]): Map<string, Token> {
  const { token: own } = useSettings()
  const unique = [...new Set(addresses.map((one) => one.toLowerCase() as Address))].sort()
  const found = useReadContracts({
    contracts: unique.flatMap((address) => [
      { address, abi: erc20Abi, functionName: 'symbol' } as const,
      { address, abi: erc20Abi, functionName: 'decimals' } as const,
    ]),
    query: { enabled: unique.length > 0, staleTime: Number.POSITIVE_INFINITY },
  })
  const { data } = found
  const names = unique.join()
  return useMemo(() => {
    const tokens = new Map<string, Token>()
    names.split(',').forEach((address, index) => {
      const symbol = data?.[2 * index]?.result
      const decimals = data?.[2 * index + 1]?.result
      if (typeof symbol !== 'string' || typeof decimals !== 'number') return
      tokens.set(address, { symbol: symbolOf(symbol, address, own), decimals })
    })
    return tokens
  }, [names, data, own])
}
