import { erc20PortalAbi } from '@deml/abi'
import { useAccount, useReadContract } from 'wagmi'
import { useSettings } from '../app/context'
import type { Token } from '../market/amounts'
import type { Making } from '../market/intents'

/** What intents are made with; undefined until a wallet is connected, and the chain has said where the InputBox is. */
export function useMaking(token: Token): Making | undefined {
  const settings = useSettings()
  const { address } = useAccount()
  const { data: inputBox } = useReadContract({
    address: settings.erc20Portal,
    abi: erc20PortalAbi,
    functionName: 'getInputBox',
    query: { staleTime: Number.POSITIVE_INFINITY },
  })
  return inputBox && address ? { settings, inputBox, token, account: address } : undefined
}
