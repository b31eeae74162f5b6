import type { Address, Hex } from 'viem'
import type { Reached } from '../files/cutOff'
import type { Terms } from '../market/types'

/** What can be asked of Python, by name: arguments and answer. */
export interface Calls {
  credited: {
    ask: { terms: Terms; initial: Uint8Array; model: Uint8Array; holdout: Uint8Array }
    answer: Evaluation
  }
  freshModel: { ask: { architecture: string; x: Float64Array }; answer: Uint8Array }
  imported: {
    ask: { name: string; content: Uint8Array; classes: Record<string, number>; columns: string[] }
    answer: Imported
  }
  fits: { ask: { architecture: string; content: Uint8Array }; answer: boolean }
  averaged: { ask: { architecture: string; initial: Uint8Array; files: Uint8Array[] }; answer: Uint8Array }
  holdoutFile: { ask: { architecture: string; x: Float64Array; y: Float64Array }; answer: Uint8Array }
  measured: {
    ask: {
      architecture: string
      metric: string
      initial: Uint8Array
      holdout: Uint8Array
      places: number
      confidence: number
    }
    answer: Measured
  }
  drafted: {
    ask: { plan: Plan; initial: Uint8Array; holdout: Uint8Array; spec: Uint8Array }
    answer: Drafted
  }
  train: {
    ask: {
      terms: Terms
      initial: Uint8Array
      /** The most privacy loss that the job's specification lets a client give away. */
      asked: PrivacyAsked | null
      privacy: PrivacyBudget | null
      x: Float64Array
      y: Float64Array
    }
    answer: Trained
  }
  prepare: {
    ask: {
      terms: Terms
      initial: Uint8Array
      asked: PrivacyAsked | null
      /** CID of the job's own trainer. */
      script: string
      spec: Uint8Array
      x: Float64Array
      y: Float64Array
    }
    /** Files of the job and of the rows, by path. */
    answer: Record<string, Uint8Array>
  }
  finish: { ask: { model: Uint8Array }; answer: Trained }
  audited: {
    ask: Examined & {
      /** Rows that it has never seen; null for those that were held back from training. */
      aside: { x: Float64Array; y: Float64Array } | null
      /** Models to train like it and compare with; 0 for none. */
      shadows: number
    }
    answer: Audited
  }
  shrunken: {
    ask: Examined & {
      /** Most that the score may fall, as a part of 1. */
      loss: number
    }
    answer: Shrunken
  }
  /** Begin a replay, from a snapshot if there is one; answers whether that was gone on from. */
  begin: { ask: { contracts: Contracts; kept: Snapshot | null }; answer: boolean }
  advance: { ask: { meta: InputMetadata; payload: Uint8Array }; answer: Advanced }
  /** What to keep of a replay: its state, the jobs that have changed since this was last asked, and all balances. */
  checkpoint: { ask: Record<string, never>; answer: { snapshot: Snapshot; changed: ToldJob[]; balances: Held[] } }
}

/** Parts per million: what the initial model and this one score, and what of the gain luck cannot explain. */
export interface Evaluation {
  baseline: number
  score: number
  credited: number
}

/** A model from elsewhere in an architecture of ours, with what its user should know of it. */
export interface Imported {
  architecture: string
  file: Uint8Array
  notes: string[]
}

export interface PrivacyAsked {
  max_epsilon: number
  max_delta: number
}

export interface PrivacyBudget {
  epsilon: number
  delta: number
}

/** A model that the output gate has let out; scores in ppm on the validation rows, if there are any. */
export interface Trained {
  file: Uint8Array
  before: number | undefined
  after: number | undefined
  spent: PrivacyBudget | undefined
  /** Whether it is proven that none of the rows stands in the file as it is. */
  noRowAmong: boolean
  validationRows: number
  /** How it was trained and on which rows, for an audit: whoever reads it learns of the rows, so it stays with who trained. */
  record: Uint8Array
}

/** A model that is looked at with its owner's rows, before it is sealed. */
export interface Examined {
  terms: Terms
  initial: Uint8Array
  model: Uint8Array
  /** How it was trained; null where that is not known. */
  record: Uint8Array | null
  x: Float64Array
  y: Float64Array
}

/** What attacks have told of a model's rows. */
export interface Audited {
  members: number
  others: number
  columns: string[]
  /** Of each attack what `columns` name. */
  attacks: string[][]
  /** What that means, in sentences. */
  words: string[]
  /** Chance of the best attack to pick the row that was learnt from out of a pair. */
  auc: number
}

/** A smaller file of the same model: what it takes in an upload, and its score in ppm on so many rows. */
export interface Shrunken {
  file: Uint8Array
  encoding: string
  packed: number
  packedBefore: number
  score: number
  scoreBefore: number
  rows: number
}

/**
 * How far something has come. Of a training: the `loss` on the rows that are learnt from, the `score` in ppm on the
 * validation rows, if there are any, and now and then what epsilon is `spent` by then, if it has a budget.
 */
export interface Epoch {
  number: number
  total: number
  loss?: number | undefined
  score?: number | undefined
  spent?: number | undefined
}

/** How a worker stands: what it has done to reach the network since it could be given private rows, and its memory in bytes. */
export interface Standing {
  reached: Reached
  memory: number
}

/** What today's model scores on a holdout, and what gains so many rows can tell from luck; ppm. */
export interface Measured {
  rows: number
  distinct: number
  baseline: number
  /** Least gain that counts, even of a model that is never the worse one; null where luck is paid. */
  least: number | null
  practice: number | null
  /** Counts of rows, each with its least gain. */
  others: [number, number][]
}

/** A job as `deml_sdk.jobspec.job_file.JobFile` has it: amounts in whole tokens, durations in seconds. */
export interface Plan {
  job: {
    title: string
    architecture: string
    metric: string
    escrow: string
    rule: 'market' | 'fixed'
    target: number
    grid: number
    reward: string
    threshold: number
    stake: { bps: number } | { tokens: string }
    bond_bps: number
    commit: number
    reveal: number
    declare: number
    submit: number
    rounds: number
    participants: number
    allow_list: string[]
    confidence: number
    previous_job: number
    aggregate: boolean
  }
  token: { address: Address; symbol: string; decimals: number }
  nonce: Hex
  /** Timestamps of the chain's latest and of its finalised block. */
  latest: number
  finalised: number
}

/** Terms that the dapp would accept, but for the commitment, which the wallet makes. */
export interface Drafted {
  terms: Terms
  escrow: string
  tells: string
  warnings: string[]
}

/** Cartesi's contracts that the dapp's image trusts. */
export interface Contracts {
  ether_portal: Address
  erc20_portal: Address
  erc721_portal: Address
  erc1155_single_portal: Address
  erc1155_batch_portal: Address
  safe_transfer: Address
}

export interface InputMetadata {
  chain_id: number
  app: Address
  sender: Address
  block_number: number
  timestamp: number
  index: number
}

/** A replay's state, written down; the digest is of it, the program and its contracts. */
export interface Snapshot {
  state: Uint8Array
  digest: string
}

/** What is owed to an account outside of jobs, in the token's smallest unit. */
export interface Held {
  account: string
  token: string
  amount: string
}

/** A job as inspect tells it: JSON of `jobs/N`, and of each page of `jobs/N/clients`. */
export interface ToldJob {
  job: string
  clients: string[]
}

export interface Advanced {
  accepted: boolean
  /** Raw outputs, whose hashes are the leaves of the claim's tree. */
  outputs: Hex[]
  reports: Hex[]
}

/** The first message: where the page lies, with Python's files in a folder beside it. */
export interface Beginning {
  base: string
  /** Load what training needs, too. */
  training: boolean
}

export type CallName = keyof Calls

/** Asks Python, wherever it runs. */
export type Ask = <N extends CallName>(name: N, ask: Calls[N]['ask']) => Promise<Calls[N]['answer']>

export interface Question<N extends CallName = CallName> {
  id: number
  name: N
  ask: Calls[N]['ask']
}

/**
 * Every reply but a failure to start, `unable`, says how the worker stands. One says only that: the first, once its ways out
 * are taken away, from when on it may be asked things; and later ones, where a request was seen.
 */
export type Reply =
  | ({ id: number; answer: unknown } & Standing)
  | ({ id: number; failed: string } & Partial<Standing>)
  | ({ id: number; epoch: Epoch } & Standing)
  | Standing
  | { unable: string }
