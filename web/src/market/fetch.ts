import type { Address } from 'viem'
import type { Settings } from '../app/settings'
import { inspect } from '../node/inspect'
import { NodeError } from '../node/rpc'
import { errorWords } from '../words/errors'
import type { Account, AccountDetail, CampaignPage, Client, Job, JobDetail, ScoringProgress, Upload } from './types'

/** Most items in a page of an inspect answer. */
const PAGE = 200

/** All jobs that the dapp remembers: those that are open, and the newest 1,000 that have ended. */
export async function fetchJobs(settings: Settings): Promise<{ asOf: number; jobs: Job[] }> {
  const jobs: Job[] = []
  let cursor = 0
  for (;;) {
    const page = await inspect<{ asOf: number; jobs: Job[]; next: number | null }>(
      settings,
      `jobs?limit=${PAGE}&cursor=${cursor}`,
    )
    jobs.push(...page.jobs)
    if (page.next === null) return { asOf: page.asOf, jobs }
    cursor = page.next
  }
}

/** One job with all its participants, uploads and scores in the making. */
export async function fetchJob(settings: Settings, jobId: number): Promise<JobDetail> {
  const asked = Date.now()
  const { asOf, job } = await inspect<{ asOf: number; job: Job }>(settings, `jobs/${jobId}`)
  // What is sent names the job by the number in the answer.
  if (job.jobId !== jobId) throw new NodeError(errorWords.node.another(`jobs/${jobId}`))
  const clients: Client[] = []
  let uploads: Upload[] = []
  let scorings: ScoringProgress[] = []
  let cursor: number | null = 0
  while (cursor !== null) {
    const page: { clients: Client[]; uploads: Upload[]; scorings: ScoringProgress[]; next: number | null } =
      await inspect(settings, `jobs/${jobId}/clients?limit=${PAGE}&cursor=${cursor}`)
    clients.push(...page.clients)
    uploads = page.uploads
    scorings = page.scorings
    cursor = page.next
  }
  return { asOf, job, clients, uploads, scorings, asked, received: Date.now() }
}

/** The rounds that led to a job, as the dapp remembers them: the job first, then those before it. */
export async function fetchCampaign(settings: Settings, jobId: number): Promise<CampaignPage> {
  return inspect<CampaignPage>(settings, `jobs/${jobId}/campaign`)
}

/** What the dapp owes an account, and the jobs it sponsors or takes part in. */
export async function fetchAccount(settings: Settings, account: Address): Promise<AccountDetail> {
  const asked = Date.now()
  const found = await inspect<Account>(settings, `accounts/${account.toLowerCase()}`)
  if (found.account !== account.toLowerCase()) throw new NodeError(errorWords.node.another(`accounts/${account}`))
  const balances = [...found.balances]
  let cursor = found.next
  while (cursor !== null) {
    const page: Account = await inspect(settings, `accounts/${account.toLowerCase()}?cursor=${cursor}`)
    balances.push(...page.balances)
    cursor = page.next
  }
  return { ...found, balances, asked, received: Date.now() }
}
