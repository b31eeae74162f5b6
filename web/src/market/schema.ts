/* Written by `npm run generate` from docs/schema/inspect.schema.json; change that. */

export type AnswersToInspectQueries = JobsPage | JobAnswer | ClientsPage | CampaignPage | AccountPage | Stats | Refusal
/**
 * 20 bytes in lower-case hex
 */
export type Account = `0x${string}`
export type Phase = 'commit' | 'reveal' | 'declare' | 'submit' | 'over' | 'ended'
export type Ending =
  | 'settled'
  | 'cancelled'
  | 'nobody-accepted'
  | 'nobody-committed'
  | 'holdout-not-revealed'
  | 'nobody-declared'
  | 'nobody-due'
  | 'nobody-submitted'
/**
 * A number of a token's smallest unit, in decimal digits
 */
export type Amount = string
export type Opening = 'scoring' | 'confirmed' | 'refuted'
export type Rule =
  | {
      kind: 'fixed'
      reward: Amount
      threshold: number
    }
  | {
      kind: 'market'
      target: number
      grid: number
    }
  | {
      kind: string
      /**
       * Bytes in hex
       */
      params: `0x${string}`
    }
export type Standing =
  | 'accepted'
  | 'committed'
  | 'declared'
  | 'not-due'
  | 'due'
  | 'scoring'
  | 'refuted'
  | 'waived'
  | 'failed'
  | 'verified'
  | 'paid'
export type Slot = 'initial-model' | 'holdout' | 'weights'

/**
 * Answer to ``jobs``; `next` is the cursor of the next page.
 */
export interface JobsPage {
  asOf: number
  jobs: JobView[]
  next: number | null
}
/**
 * A job; what is not known yet, or does not apply, is None, null in JSON.
 */
export interface JobView {
  jobId: number
  sponsor: Account
  phase: Phase
  ending: Ending | null
  round: number
  roundUntil: number | null
  escrow: Amount
  participants: number
  committed: number
  declared: number
  revealed: boolean
  opening: Opening | null
  dataCid: string | null
  rows: number | null
  sponsorRefund: Amount | null
  burnt: Amount | null
  average: Average | null
  terms: Terms
}
/**
 * The mean of a settled job's verified models, as far as it is made.
 */
export interface Average {
  until: number
  models: number
  added: number
  modelCid: string | null
  rowsDone: number
  score: number | null
}
/**
 * The terms of a job, field by field as in ``IDeML.sol``.
 */
export interface Terms {
  title: string
  specCid: string
  initialModelCid: string
  architecture: string
  metric: string
  baseline: number
  /**
   * Bytes in hex
   */
  holdoutCommitment: `0x${string}`
  rewardToken: Account
  rule: Rule
  commitUntil: number
  holdoutUntil: number
  declareUntil: number
  submitUntil: number
  maxRounds: number
  stake: Amount
  bondBps: number
  maxParticipants: number
  maxModelBytes: number
  maxHoldoutBytes: number
  maxRows: number
  minRows: number
  confidence: number
  evidenceCut: number
  previousJob: number
  aggregate: boolean
  allowList: Account[]
  /**
   * Bytes in hex
   */
  nonce: `0x${string}`
}
/**
 * Answer to ``jobs/N``.
 */
export interface JobAnswer {
  asOf: number
  job: JobView
}
/**
 * Answer to ``jobs/N/clients``: clients by page, as they accepted; uploads and scorings all at once.
 */
export interface ClientsPage {
  asOf: number
  jobId: number
  clients: Participant[]
  uploads: UploadProgress[]
  scorings: ScoringProgress[]
  next: number | null
}
/**
 * A client in a job; what is not known yet, or does not apply, is None, null in JSON.
 */
export interface Participant {
  client: Account
  payTo: Account
  stake: Amount
  standing: Standing
  commitment: `0x${string}` | null
  order: number | null
  declared: number | null
  score: number | null
  minPay: Amount | null
  due: Amount | null
  modelCid: string | null
  scoredBy: number | null
  payout: Payout | null
}
export interface Payout {
  client: Account
  payTo: Account
  pay: Amount
  stake: Amount
  compensation: Amount
}
/**
 * An unfinished upload of `size` bytes so far; `next_seq` is the number of the chunk to send next.
 */
export interface UploadProgress {
  sender: Account
  slot: Slot
  nextSeq: number
  size: number
}
export interface ScoringProgress {
  jobId: number
  client: Account
  rowsDone: number
  rows: number
}
/**
 * Answer to ``jobs/N/campaign``: the rounds that led to a job, itself first, each the one before its successor.
 */
export interface CampaignPage {
  asOf: number
  jobId: number
  rounds: CampaignRound[]
  before: number | null
}
/**
 * A job of a campaign.
 */
export interface CampaignRound {
  jobId: number
  phase: Phase
  ending: Ending | null
  escrow: Amount
  participants: number
  verified: number
  best: number | null
  average: number | null
  paid: Amount
}
/**
 * Answer to ``accounts/0x..``: its balances by page, its jobs all at once.
 */
export interface AccountPage {
  asOf: number
  account: Account
  balances: Balance[]
  jobs: JobsOfAccount
  next: number | null
}
/**
 * What the dapp owes an account, of one token; the zero address stands for Ether.
 */
export interface Balance {
  token: Account
  amount: Amount
}
/**
 * Numbers of the jobs that an account sponsors, and of those that it takes part in.
 */
export interface JobsOfAccount {
  sponsor: number[]
  client: number[]
}
/**
 * Answer to ``stats``: inputs accepted, jobs ever created, jobs open now and the bytes that these reserve.
 */
export interface Stats {
  asOf: number
  inputs: number
  jobs: number
  openJobs: number
  reservedBytes: number
  chainId: number
  app: Account | null
}
/**
 * Why an input or a query is refused; codes are listed in docs/errors.md
 */
export interface Refusal {
  code: string
  message: string
  values: {
    [k: string]: string
  }
}
