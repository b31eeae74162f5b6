import { applicationAbi, erc20PortalAbi } from '@deml/abi'
import { useQuery } from '@tanstack/react-query'
import { type Address, BaseError, ContractFunctionZeroDataError, encodeFunctionData, parseAbi } from 'viem'
import { type Config, useConfig } from 'wagmi'
import { getBytecode, readContract } from 'wagmi/actions'
import { useSettings } from '../app/context'
import { fitsImage } from '../chain/suites'

/** How an Application of suite 2.2 says that it takes its inputs from an InputBox. */
const AVAILABILITY = parseAbi(['function InputBox(address)'])

/**
 * Whether portal, InputBox and Application belong together, and to the suite of the dapp's image: what is sent to another
 * suite's, or to an address without code, is mined, costs its gas, and is never read or credited. False where they do not; undefined until the chain has said so.
 */
export function useContracts(wanted: boolean) {
  const { erc20Portal, appAddress } = useSettings()
  const config = useConfig()
  return useQuery({
    queryKey: ['contracts', erc20Portal, appAddress],
    queryFn: () => belongTogether(config, erc20Portal, appAddress),
    enabled: wanted,
    staleTime: Number.POSITIVE_INFINITY,
  })
}

async function belongTogether(config: Config, portal: Address, app: Address): Promise<boolean> {
  try {
    const [box, availability] = await Promise.all([
      readContract(config, { address: portal, abi: erc20PortalAbi, functionName: 'getInputBox' }),
      readContract(config, { address: app, abi: applicationAbi, functionName: 'getDataAvailability' }),
    ])
    if (availability.toLowerCase() !== encodeFunctionData({ abi: AVAILABILITY, args: [box] }).toLowerCase())
      return false
    if (!fitsImage({ inputBox: box, erc20Portal: portal })) return false
    return Boolean(await getBytecode(config, { address: box }))
  } catch (error) {
    if (error instanceof BaseError && error.walk((one) => one instanceof ContractFunctionZeroDataError)) return false
    throw error
  }
}
