import { isVerified } from '../../market/phases'
import type { JobDetail } from '../../market/types'

/** Whatever scored best in a job: a verified model, their average, or the initial one where none is better; as `job next`. */
export function bestModel({ job, clients }: JobDetail): string {
  const { average } = job
  const candidates = [
    { cid: job.terms.initialModelCid, score: job.terms.baseline },
    ...[...clients]
      .sort((a, b) => (a.order ?? 0) - (b.order ?? 0))
      .filter(isVerified)
      .map((one) => ({ cid: one.modelCid, score: one.score })),
    { cid: average?.modelCid ?? null, score: average?.score ?? null },
  ]
  let [best] = candidates as [{ cid: string; score: number }]
  for (const { cid, score } of candidates) {
    if (cid !== null && score !== null && score > best.score) best = { cid, score }
  }
  return best.cid
}
