import type { Terms } from './types'

/** One draw in so many is as lucky as the bar L, the index from 1; the same table as `deml.market.luck`. */
const ODDS = [
  ...[2, 4, 8, 16, 32, 64, 128, 256, 478, 900, 1_587, 2_788, 4_883, 8_530],
  ...[14_868, 25_477, 43_917, 75_097, 128_236, 218_708],
]

/** As many draws are guarded against however few places there are. */
const LEAST_DRAWS = 8
const PPM = 1_000_000

type LuckTerms = Pick<Terms, 'architecture' | 'metric' | 'evidenceCut' | 'maxParticipants' | 'confidence'>

/**
 * The least gain of which anything is credited on so many rows, in parts per million: below it, luck could explain it.
 * Undefined where luck is paid, or where it depends on what the rows hold.
 */
export function luckOf(terms: LuckTerms, rows: number): number | undefined {
  const most = mostOfARow(terms)
  const bar = barOf(terms)
  if (bar === undefined || most === undefined || rows < 1) return undefined
  return Math.ceil((PPM * bar * most) / rows)
}

/** The bar L that a gain has to pass; undefined where luck is paid. */
function barOf({ confidence, maxParticipants }: LuckTerms): number | undefined {
  if (confidence === 0) return undefined
  const draws = Math.max(maxParticipants, LEAST_DRAWS)
  const bar = ODDS.findIndex((odds) => odds * (PPM - confidence) >= draws * PPM) + 1
  return bar === 0 ? undefined : bar
}

/** How lucky the luckiest of some models can look that learnt nothing. */
export interface Luckiest {
  /** On how many rows each of them says otherwise than today's model. */
  changed: number
  models: number
  /** Gains in parts per million from the least to the greatest, each with its chance. */
  chances: { gain: number; chance: number }[]
  /** From which gain on, with so many rows changed, anything is credited. */
  counts: number
}

/** One row in so many is one on which a model that learnt nothing says otherwise. */
const CHANGED_PART = 10

/**
 * How the luckiest of a job's models would be spread if none had learnt anything: each changes one row in ten, for the
 * better or for the worse as a coin falls. Computed, not drawn. Undefined where a row's worth depends on the rows.
 */
export function luckiestOf(terms: LuckTerms, rows: number): Luckiest | undefined {
  const most = mostOfARow(terms)
  const bar = barOf(terms)
  const changed = Math.floor(rows / CHANGED_PART)
  if (bar === undefined || most === undefined || changed < 4 || changed > MOST_COINS) return undefined
  // A miss that becomes a hit counts all that a row can; of other metrics half of it is usual.
  const each = (PPM * (terms.metric === 'accuracy' ? most : most / 2)) / rows
  const models = terms.maxParticipants
  let chance = 0.5 ** changed
  let below = 0
  let before = 0
  const chances = Array.from({ length: changed + 1 }, (_, heads) => {
    below += chance
    chance *= (changed - heads) / (heads + 1)
    const upTo = Math.min(1, below) ** models
    const one = { gain: (2 * heads - changed) * each, chance: upTo - before }
    before = upTo
    return one
  })
  return { changed, models, chances, counts: Math.sqrt(bar * changed) * each }
}

/** More coins than that have chances too small for a number. */
const MOST_COINS = 1_000

/** Standard errors either side of a score within which 95 of 100 such samples lie. */
const DEVIATIONS = 1.96

/**
 * Where a model's score on all rows there are could plausibly lie (95 %), given its score on so many of them. For other
 * metrics than accuracy it is the widest that a bounded score can have. Undefined where rows are not bounded.
 */
export function rangeOf(terms: LuckTerms, score: number, rows: number): [number, number] | undefined {
  const most = RANGED.has(terms.metric) ? mostOfARow(terms) : undefined
  if (most === undefined || rows < 1) return undefined
  const mean = Math.abs(score) / PPM
  const deviation = Math.sqrt(Math.max(0, mean * (most - mean)) / rows)
  const [low, high] = terms.metric === 'accuracy' ? [0, PPM] : [-most * PPM, 0]
  const half = DEVIATIONS * deviation * PPM
  return [Math.max(low, Math.round(score - half)), Math.min(high, Math.round(score + half))]
}

/** Metrics that are the mean of what each row counts, between bounds that are known. */
const RANGED = new Set(['accuracy', 'brier'])

/** The most that one row can count, with what makes a score of 1 as the unit. */
function mostOfARow({ metric, architecture, evidenceCut }: LuckTerms): number | undefined {
  if (metric === 'accuracy') return 1
  if (metric === 'brier') return (outputsOf(architecture) ?? 0) > 2 ? 2 : 1
  return ['log_loss', 'mse', 'mae'].includes(metric) ? evidenceCut / PPM : undefined
}

function outputsOf(architecture: string): number | undefined {
  try {
    const { outputs } = JSON.parse(architecture) as { outputs?: unknown }
    return typeof outputs === 'number' ? outputs : undefined
  } catch {
    return undefined // a stranger's architecture: the dapp would not have taken it
  }
}
