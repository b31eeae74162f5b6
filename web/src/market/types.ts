import type { Address, Hex } from 'viem'

/** The dapp's inspect answers, field by field (docs/inspect.md). Amounts are decimal text, scores parts per million. */

export type Phase = 'commit' | 'reveal' | 'declare' | 'submit' | 'ended'

export type Rule =
  | { kind: 'fixed'; reward: string; threshold: number }
  | { kind: 'market'; target: number; grid: number }
  | { kind: string }

export interface Terms {
  title: string
  specCid: string
  initialModelCid: string
  architecture: string
  metric: string
  baseline: number
  holdoutCommitment: Hex
  rewardToken: Address
  rule: Rule
  commitUntil: number
  holdoutUntil: number
  declareUntil: number
  submitUntil: number
  maxRounds: number
  stake: string
  bondBps: number
  maxParticipants: number
  maxModelBytes: number
  maxHoldoutBytes: number
  maxRows: number
  allowList: Address[]
  nonce: Hex
}

export interface Job {
  jobId: number
  sponsor: Address
  phase: Phase
  ending: string | null
  round: number
  roundUntil: number | null
  escrow: string
  participants: number
  committed: number
  declared: number
  revealed: boolean
  opening: string | null
  dataCid: string | null
  rows: number | null
  sponsorRefund: string | null
  burnt: string | null
  terms: Terms
}

export interface Payout {
  pay: string
  stake: string
  compensation: string
}

export interface Client {
  client: Address
  payTo: Address
  stake: string
  commitment: Hex | null
  order: number | null
  score: number | null
  minPay: string | null
  due: string | null
  status: string
  modelCid: string | null
  scoredBy: number | null
  payout: Payout | null
}

export interface Upload {
  owner: Address
  slot: string
  nextSeq: number
  bytes: number
}

export interface ScoringProgress {
  owner: Address
  rowsDone: number
  rows: number
}

export interface JobDetail {
  asOf: number
  job: Job
  clients: Client[]
  uploads: Upload[]
  scorings: ScoringProgress[]
}

export interface Account {
  asOf: number
  address: Address
  balances: { token: Address; amount: string }[]
  jobs: { sponsor: number[]; client: number[] }
}
