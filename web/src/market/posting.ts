import type { Address, Hex } from 'viem'
import type { Drafted, Measured, Plan } from '../python/protocol'
import type { Token } from './amounts'
import { featuresOf, widthOf } from './numbers'
import { METRICS, parseScore, perfect, writtenScore } from './scores'
import type { Column, Spec } from './spec'
import { parseDuration, writtenDuration } from './times'

/** Steps of posting a job, in order. */
export const POST_STEPS = ['what', 'data', 'model', 'rows', 'pay', 'time', 'post'] as const
export type PostStepName = (typeof POST_STEPS)[number]

/** A column of the sponsor's table, and whether clients need it. */
export interface DraftColumn extends Column {
  used: boolean
}

export type Shape = 'simple' | 'network' | 'own'

/** A file that was chosen or made. */
export interface Chosen {
  name: string
  content: Uint8Array
}

/** What a sponsor has said so far of the job to post; numbers as they are written. */
export interface Draft {
  title: string
  description: string
  license: string
  permittedUse: string
  columns: DraftColumn[]
  label: string
  ranges: boolean
  /** The sample's numbers, which a fresh model takes averages and spreads of; rows that may become known. */
  sample: Float64Array | undefined
  shape: Shape
  hidden: string
  own: string
  metric: string
  initial: Chosen | undefined
  holdout: Chosen | undefined
  measured: Measured | undefined
  mayPublish: boolean
  rule: 'market' | 'fixed'
  escrow: string
  target: string
  grid: string
  reward: string
  threshold: string
  stake: string
  bond: string
  places: string
  confidence: string
  allowed: string
  commit: string
  reveal: string
  declare: string
  submit: string
  rounds: string
  previousJob: number
  /** Whether the paid models are averaged, and the average is scored. */
  aggregate: boolean
}

/** How many times as long as finality takes a window should last; the same as the SDK's. */
export const FINALITY_LAGS = 3

/** Windows of `deml job new`, and those for chains that are final at once, in seconds: join, reveal, declare, publish. */
const PATIENT = [21_600, 7_200, 7_200, 7_200] as const
const QUICK = [600, 300, 300, 300] as const

/** Slowest finality, in seconds, of a chain on which quick windows are proposed: a devnet's. */
const QUICK_LAG = 60

/** A new draft; windows are proposed by how long finality takes on the chain. */
export function newDraft(lag: number): Draft {
  const [commit, reveal, declare, submit] = (lag < QUICK_LAG ? QUICK : PATIENT).map((seconds) =>
    writtenDuration(Math.max(seconds, FINALITY_LAGS * lag)),
  ) as [string, string, string, string]
  return {
    title: '',
    description: '',
    license: 'CC-BY-4.0',
    permittedUse: '',
    columns: [],
    label: '',
    ranges: false,
    sample: undefined,
    shape: 'simple',
    hidden: '32',
    own: '',
    metric: '',
    initial: undefined,
    holdout: undefined,
    measured: undefined,
    mayPublish: false,
    rule: 'market',
    escrow: '1000',
    target: '',
    grid: '',
    reward: '100',
    threshold: '',
    stake: '10%',
    bond: '20',
    places: '10',
    confidence: '95',
    allowed: '',
    commit,
    reveal,
    declare,
    submit,
    rounds: '10',
    previousJob: 0,
    aggregate: false,
  }
}

/** The part of a specification that says what the data is like. */
export function dataOf(draft: Draft): Spec['data'] {
  const columns = draft.columns
    .filter((one) => one.used || one.name === draft.label)
    .map(({ used, ...column }) => column)
  const words = columns.find((one) => one.name === draft.label)?.categories
  const mapping = words && Object.fromEntries(words.map((word, place) => [word, place]))
  return { columns, label: { column: draft.label, ...(mapping ? { mapping } : {}) } }
}

/** How many classes the label has; none where a number is predicted. */
export function classesOf(draft: Draft): number {
  return draft.columns.find((one) => one.name === draft.label)?.categories?.length ?? 0
}

/** Metrics that fit what is predicted. */
export function metricsOf(draft: Draft): readonly string[] {
  const classes = classesOf(draft)
  if (classes === 0) return METRICS.values
  return classes === 2 ? METRICS.classes : METRICS.classes.filter((one) => one !== 'roc_auc')
}

/** The metric that was chosen, or the usual one. */
export function metricOf(draft: Draft): string {
  const known = metricsOf(draft)
  return known.includes(draft.metric) ? draft.metric : (known[0] ?? 'brier')
}

/** The model's shape as JSON: the simplest one that can do it, a network, or the sponsor's own. */
export function architectureOf(draft: Draft): string {
  if (draft.shape === 'own') return draft.own.trim()
  const inputs = featuresOf(dataOf(draft)).reduce((sum, one) => sum + widthOf(one), 0)
  const classes = classesOf(draft)
  const outputs = classes === 2 ? 1 : classes
  if (draft.shape === 'simple') {
    return JSON.stringify(
      classes === 0
        ? { family: 'linear', inputs, standardize: true }
        : { family: 'logistic', inputs, outputs, standardize: true },
    )
  }
  const hidden = draft.hidden
    .split(/[\s,]+/)
    .filter(Boolean)
    .map(Number)
  const task = classes === 0 ? 'regression' : 'classification'
  return JSON.stringify({
    family: 'mlp',
    task,
    inputs,
    hidden,
    outputs: classes === 0 ? 1 : Math.max(2, classes),
    standardize: true,
  })
}

/** The specification as a file (docs/spec.md). */
export function specFile(draft: Draft): Uint8Array {
  const spec = {
    version: 1,
    title: draft.title.trim(),
    description: draft.description,
    license: draft.license,
    ...(draft.permittedUse.trim() === '' ? {} : { permitted_use: draft.permittedUse.trim() }),
    data: { ...dataOf(draft), sample: [] },
    architecture: JSON.parse(architectureOf(draft)) as unknown,
    metric: metricOf(draft),
    trainer: { kind: 'builtin' },
  }
  return new TextEncoder().encode(`${JSON.stringify(spec, null, 2)}\n`)
}

/** Propose target and step of pay from what the rows can tell: half of the way that is left, not finer than one row. */
export function proposed(measured: Measured, metric: string): Pick<Draft, 'target' | 'grid' | 'threshold'> {
  const left = perfect(metric) - measured.baseline
  const least = measured.practice ?? 0
  const target = measured.baseline + Math.min(Math.max(Math.round(left / 2), least), Math.max(left, 1))
  const grid = Math.max(1, Math.min(Math.floor(1_000_000 / measured.rows), Math.abs(target - measured.baseline)))
  const threshold = Math.max(least, grid)
  return {
    target: writtenScore(target, metric),
    grid: writtenScore(grid, metric),
    threshold: writtenScore(threshold, metric),
  }
}

/** Confidence in parts per million; undefined if it is no percentage that is allowed. */
export function confidenceOf(draft: Draft): number | undefined {
  const percent = Number(draft.confidence)
  if (draft.confidence.trim() === '' || Number.isNaN(percent)) return undefined
  return percent === 0 || (percent >= 50 && percent <= 99.9) ? Math.round(percent * 10_000) : undefined
}

export function placesOf(draft: Draft): number | undefined {
  const count = Number(draft.places)
  return Number.isInteger(count) && count >= 1 && count <= 128 ? count : undefined
}

/** Accounts that may take part, one a line or separated by commas; empty for anybody. */
export function allowedOf(draft: Draft): string[] {
  return draft.allowed.split(/[\s,]+/).filter(Boolean)
}

/** The stake as the plan has it: an amount, or a part of the escrow. */
function stakeOf(text: string): Plan['job']['stake'] | undefined {
  const plain = text.trim()
  const percent = /^(\d+(?:\.\d{1,2})?)\s*%$/.exec(plain)
  if (percent) return { bps: Math.round(Number(percent[1]) * 100) }
  return /^\d+(\.\d+)?$/.test(plain) ? { tokens: plain } : undefined
}

export interface Clock {
  latest: number
  finalised: number
}

/** What Python drafts the job from; undefined while something is not a number that it should be. */
export function planOf(draft: Draft, token: Token & { address: Address }, clock: Clock, nonce: Hex): Plan | undefined {
  const metric = metricOf(draft)
  const windows = [draft.commit, draft.reveal, draft.declare, draft.submit].map(parseDuration)
  const [commit, reveal, declare, submit] = windows
  const fixed = draft.rule === 'fixed'
  const target = fixed ? 0 : parseScore(draft.target, metric)
  const grid = fixed ? 0 : parseScore(draft.grid, metric)
  const threshold = fixed ? parseScore(draft.threshold, metric) : 0
  const stake = stakeOf(draft.stake)
  const [participants, confidence, rounds] = [placesOf(draft), confidenceOf(draft), Number(draft.rounds)]
  const bond = Math.round(Number(draft.bond) * 100)
  if (commit === undefined || reveal === undefined || declare === undefined || submit === undefined) return undefined
  if (target === undefined || grid === undefined || threshold === undefined || stake === undefined) return undefined
  if (participants === undefined || confidence === undefined) return undefined
  if (!Number.isInteger(rounds) || !Number.isInteger(bond) || !isAmount(draft.escrow)) return undefined
  if (fixed && !isAmount(draft.reward)) return undefined
  return {
    job: {
      title: draft.title.trim(),
      architecture: architectureOf(draft),
      metric,
      escrow: draft.escrow.trim(),
      rule: draft.rule,
      target,
      grid,
      reward: fixed ? draft.reward.trim() : '0',
      threshold,
      stake,
      bond_bps: bond,
      commit,
      reveal,
      declare,
      submit,
      rounds,
      participants,
      allow_list: allowedOf(draft),
      confidence,
      previous_job: draft.previousJob,
      aggregate: draft.aggregate,
    },
    token: { address: token.address, symbol: token.symbol, decimals: token.decimals },
    nonce,
    latest: clock.latest,
    finalised: clock.finalised,
  }
}

export function isAmount(text: string): boolean {
  return /^\d{1,40}(\.\d{1,40})?$/.test(text.trim())
}

/** A job that is ready to be sent, but for its seal. */
export interface Ready extends Drafted {
  initial: Uint8Array
  holdout: Uint8Array
  spec: Uint8Array
}
