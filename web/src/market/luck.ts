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
  if (terms.confidence === 0 || most === undefined || rows < 1) return undefined
  const draws = Math.max(terms.maxParticipants, LEAST_DRAWS)
  const bar = ODDS.findIndex((odds) => odds * (PPM - terms.confidence) >= draws * PPM) + 1
  return bar === 0 ? undefined : Math.ceil((PPM * bar * most) / rows)
}

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
