import { useAccount } from 'wagmi'
import { useSettings } from '../app/context'
import { useDisputes } from '../market/disputes'
import { useProcessedInputs } from '../market/hooks'
import { useContradicted } from '../market/useMarket'
import { words } from '../words'
import { sendingWords } from '../words/sending'
import { verifyWords } from '../words/verify'

/** Why nothing can be sent now; undefined where nothing is in the way. */
export function useObstacle(): string | undefined {
  const { chainId: wanted } = useSettings()
  const { chainId } = useAccount()
  const processed = useProcessedInputs()
  const contradicted = useContradicted()
  const disputes = useDisputes()
  if (window.top !== window.self) return sendingWords.obstacle.framed
  if (processed.isError || processed.isRefetchError) return sendingWords.obstacle.nodeDown
  if (disputes.length > 0) return sendingWords.obstacle.differs(verifyWords.disputed(disputes))
  if (contradicted.length > 0) return words.obstacle.contradicted(contradicted)
  if (chainId !== undefined && chainId !== wanted) return sendingWords.obstacle.wrongChain
  return undefined
}
