import { useQuery } from '@tanstack/react-query'
import { useSettings } from '../../app/context'
import { fetchJob } from '../../market/fetch'
import { isVerified } from '../../market/phases'
import type { Draft } from '../../market/posting'
import { writtenScore } from '../../market/scores'
import { MAX_SPEC_BYTES, parseSpec } from '../../market/spec'
import { writtenDuration } from '../../market/times'
import type { JobDetail } from '../../market/types'
import type { PythonEngine } from '../../python/engine'
import { bestModel } from './bestModel'

/** What a next round takes over from the job before it: its words, columns, terms, and the best model that it bought. */
export function usePrevious(jobId: number | undefined, python: PythonEngine['ask']) {
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
      const fetched = (one: string) => fetchFile(settings.gateways, one, terms.maxModelBytes)
      const isAverage = cid === detail.job.average?.modelCid
      const content = await (isAverage ? averageOf(detail, fetched, python) : fetched(cid)).catch(() => undefined)
      const columns = spec.data.columns.map((one) => ({ ...one, used: true }))
      return {
        title: terms.title,
        description: spec.description,
        license: spec.license,
        permittedUse: spec.permittedUse,
        aggregate: terms.aggregate,
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

/** The average's file, made here of the models that were paid, and held against its CID: nobody need have kept it. */
async function averageOf(
  { job, clients }: JobDetail,
  fetched: (cid: string) => Promise<Uint8Array>,
  python: PythonEngine['ask'],
): Promise<Uint8Array | undefined> {
  const { architecture, initialModelCid } = job.terms
  const verified = clients.filter(isVerified).flatMap((one) => (one.modelCid === null ? [] : [one.modelCid]))
  const [initial, ...files] = (await Promise.all([initialModelCid, ...verified].map(fetched))) as [Uint8Array]
  const made = await python('averaged', { architecture, initial, files })
  const { pack } = await import('../../files/ipfs')
  return (await pack(made)).cid.toString() === job.average?.modelCid ? made : undefined
}
