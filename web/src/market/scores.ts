/** Metrics whose value is a share, shown as a percentage. */
const SHARES = new Set(['accuracy', 'balanced_accuracy', 'macro_f1'])

const NAMES: Record<string, string> = {
  accuracy: 'Accuracy',
  balanced_accuracy: 'Balanced accuracy',
  macro_f1: 'Macro F1',
  log_loss: 'Log-loss',
  brier: 'Brier score',
  roc_auc: 'ROC AUC',
  r2: 'R²',
  mse: 'Mean squared error',
  mae: 'Mean absolute error',
}

/** What people call a metric; its own name where it is not known here. */
export function metricName(metric: string): string {
  return NAMES[metric] ?? metric
}

/** A score in parts per million as people read it: "90.00%" for shares, "0.612000" cut to three places otherwise. */
export function scoreText(ppm: number, metric: string): string {
  const text = SHARES.has(metric) ? `${(ppm / 10_000).toFixed(2)}%` : (ppm / 1_000_000).toFixed(3)
  return text.replace('-', '\u2212')
}

/** The unit in which people write scores of a metric; empty for plain numbers. */
export function scoreUnit(metric: string): string {
  return SHARES.has(metric) ? '%' : ''
}

/** A score or a difference of scores in parts per million, as people write it; undefined if it is no number. */
export function parseScore(text: string, metric: string): number | undefined {
  const plain = text.trim().replace(/%$/, '').replace('\u2212', '-')
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(plain)) return undefined
  return Math.round(Number(plain) * (SHARES.has(metric) ? 10_000 : 1_000_000))
}

/** The same the other way round: what `parseScore` reads as `ppm`. */
export function writtenScore(ppm: number, metric: string): string {
  return String(ppm / (SHARES.has(metric) ? 10_000 : 1_000_000)).replace('-', '\u2212')
}

/** Metrics that a task can be measured by (docs/scoring.md), the usual one first. */
export const METRICS = {
  classes: ['brier', 'accuracy', 'balanced_accuracy', 'macro_f1', 'log_loss', 'roc_auc'],
  values: ['r2', 'mse', 'mae'],
} as const

/** The best score that a metric has, in parts per million. */
export function perfect(metric: string): number {
  return ['brier', 'log_loss', 'mse', 'mae'].includes(metric) ? 0 : 1_000_000
}

/** A difference of scores as people read it: "2.75 points" for shares. */
export function differenceText(ppm: number, metric: string): string {
  return SHARES.has(metric) ? `${trimmed(ppm / 10_000, 2)} points` : trimmed(ppm / 1_000_000, 4)
}

function trimmed(value: number, places: number): string {
  return String(Number(value.toFixed(places)))
}

/** A score as the whole number that counts, for "the exact rule". */
export function ppmText(ppm: number): string {
  return `${ppm.toLocaleString('en').replace('-', '\u2212')} ppm`
}
