import { useState } from 'react'
import type { Hex } from 'viem'
import { useAccount } from 'wagmi'
import { useSettings } from '../app/context'
import { keptModel } from '../files/kept'
import type { Job } from '../market/types'
import type { Evaluation } from '../python/protocol'
import { usePython } from '../python/usePython'
import { messageOf } from '../words'
import { joinWords } from '../words/join'

/** Scores the model under a commitment of the connected wallet in this tab, by the machine's own code. */
export function useScore(job: Job, commitment: Hex | undefined) {
  const settings = useSettings()
  const { address } = useAccount()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState('')
  const [missing, setMissing] = useState(false)
  const python = usePython()

  const score = async (): Promise<Evaluation | undefined> => {
    if (!address || !commitment || job.dataCid === null) return undefined
    setBusy(true)
    setProblem('')
    setMissing(false)
    try {
      const place = { chainId: settings.chainId, app: settings.appAddress, jobId: job.jobId, account: address }
      const kept = await keptModel(place, commitment)
      if (!kept) {
        setMissing(true)
        return undefined
      }
      const { fetchFile } = await import('../files/fetch')
      const { terms } = job
      const [initial, holdout] = await Promise.all([
        fetchFile(settings.gateways, terms.initialModelCid, terms.maxModelBytes),
        fetchFile(settings.gateways, job.dataCid, terms.maxHoldoutBytes),
      ])
      return await python('credited', { terms, initial, model: kept.content, holdout })
    } catch (error) {
      setProblem(joinWords.declare.failed(messageOf(error)))
      return undefined
    } finally {
      setBusy(false)
    }
  }

  return { score, busy, problem, missing }
}
