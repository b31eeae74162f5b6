import type { Job } from './types'

/** Where a job stands in its campaign: which round it is, and how many rounds there are so far. */
export interface RoundOf {
  round: number
  known: number
}

/** Rounds of all jobs that are part of a campaign, by number; rounds of one sponsor follow each other (`previousJob`). */
export function roundsOf(jobs: readonly Job[]): Map<number, RoundOf> {
  const byNumber = new Map(jobs.map((job) => [job.jobId, job]))
  const before = (job: Job): Job | undefined => {
    const named = byNumber.get(job.terms.previousJob)
    // A number that is not smaller, or another sponsor's, is a claim that nothing supports.
    return named && named.jobId < job.jobId && named.sponsor === job.sponsor ? named : undefined
  }
  const round = new Map<number, number>()
  const longest = new Map<number, number>()
  const first = new Map<number, number>()
  for (const job of [...jobs].sort((a, b) => a.jobId - b.jobId)) {
    const last = before(job)
    const own = last ? (round.get(last.jobId) ?? 1) + 1 : 1
    const root = last ? (first.get(last.jobId) ?? last.jobId) : job.jobId
    round.set(job.jobId, own)
    first.set(job.jobId, root)
    longest.set(root, Math.max(longest.get(root) ?? 0, own))
  }
  const found = new Map<number, RoundOf>()
  for (const [jobId, own] of round) {
    const known = longest.get(first.get(jobId) ?? jobId) ?? own
    if (known > 1) found.set(jobId, { round: own, known })
  }
  return found
}
