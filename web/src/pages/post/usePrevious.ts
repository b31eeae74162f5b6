import { useQuery } from '@tanstack/react-query'
import { useSettings } from '../../app/context'
import { fetchJob } from '../../market/fetch'
import { isVerified } from '../../market/phases'
import type { Draft } from '../../market/posting'
import { writtenScore } from '../../market/scores'
import { MAX_SPEC_BYTES, parseSpec } from '../../market/spec'
import { writtenDuration } from '../../market/times'
import type { JobDetail } from '../../market/types'

/** What a next round takes over from the job before it: its words, columns, terms, and the best model that it bought. */
export function usePrevious(jobId: number | undefined) {
  const settings = useSettings()
  return useQuery({
    queryKey: ['previous', settings.appAddress, jobId],
    enabled: jobId !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: async (): Promise<Partial<Draft>> => {
      if (jobId === undefined) return {}
      const { fetchFile } = await import('../../files/fetch')
      const detail = await fetchJob(settings, jobId)
      const { terms } = detail.job
      const spec = parseSpec(await fetchFile(settings.gateways, terms.specCid, MAX_SPEC_BYTES))
      const cid = bestModel(detail)
      const content = await fetchFile(settings.gateways, cid, terms.maxModelBytes).catch(() => undefined)
      const columns = spec.data.columns.map((one) => ({ ...one, used: true }))
      return {
        title: terms.title,
        description: spec.description,
        license: spec.license,
        columns,
        label: spec.data.label.column,
        shape: 'own',
        own: terms.architecture,
        metric: terms.metric,
        initial: content && { name: cid, content },
        places: String(terms.maxParticipants),
        confidence: String(terms.confidence / 10_000),
        bond: String(terms.bondBps / 100),
        rounds: String(terms.maxRounds),
        allowed: terms.allowList.join('\n'),
        reveal: writtenDuration(terms.holdoutUntil - terms.commitUntil),
        declare: writtenDuration(terms.declareUntil - terms.holdoutUntil),
        submit: writtenDuration(terms.submitUntil - terms.declareUntil),
        previousJob: jobId,
        ...('grid' in terms.rule ? { grid: writtenScore(terms.rule.grid, terms.metric) } : {}),
      }
    },
  })
}

/** The verified model with the highest score; the initial one where none is better. */
function bestModel({ job, clients }: JobDetail): string {
  let cid = job.terms.initialModelCid
  let best = job.terms.baseline
  for (const one of clients) {
    if (isVerified(one) && one.modelCid !== null && one.score !== null && one.score > best) {
      best = one.score
      cid = one.modelCid
    }
  }
  return cid
}
