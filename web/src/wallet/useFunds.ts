import { type Address, erc20Abi } from 'viem'
import { useAccount, useReadContracts } from 'wagmi'
import { useSettings } from '../app/context'

/** What the account holds of a token, and what the portal may take of it; undefined until the chain has answered. */
export function useFunds(token: Address): { held: bigint | undefined; allowed: bigint | undefined } {
  const { erc20Portal } = useSettings()
  const { address } = useAccount()
  const erc20 = { address: token, abi: erc20Abi } as const
  const { data } = useReadContracts({
    contracts: [
      { ...erc20, functionName: 'balanceOf', args: [address ?? '0x'] },
      { ...erc20, functionName: 'allowance', args: [address ?? '0x', erc20Portal] },
    ],
    query: { enabled: address !== undefined },
  })
  return { held: data?.[0].result, allowed: data?.[1].result }
}
