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
  return SHARES.has(metric) ? `${(ppm / 10_000).toFixed(2)}%` : (ppm / 1_000_000).toFixed(3)
}

/** A score as the whole number that counts, for "the exact rule". */
export function ppmText(ppm: number): string {
  return `${ppm.toLocaleString('en')} ppm`
}
