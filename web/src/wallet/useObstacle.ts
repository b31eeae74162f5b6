import { useAccount } from 'wagmi'
import { useSettings } from '../app/context'
import { useProcessedInputs } from '../market/hooks'
import { useMarket } from '../market/useMarket'
import { words } from '../words'

/** Why nothing can be sent now; undefined where nothing is in the way. */
export function useObstacle(): string | undefined {
  const { chainId: wanted } = useSettings()
  const { chainId } = useAccount()
  const processed = useProcessedInputs()
  const { data } = useMarket()
  if (processed.isError || processed.isRefetchError) return words.obstacle.nodeDown
  if (data && data.contradicted.length > 0) return words.obstacle.contradicted(data.contradicted)
  if (chainId !== undefined && chainId !== wanted) return words.obstacle.wrongChain
  return undefined
}
