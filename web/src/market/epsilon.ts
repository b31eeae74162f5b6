/** Strangers that are wrongly taken for rows of the table, as a part of all strangers. */
const WRONGLY = 0.01

/**
 * The largest part of the rows that anybody recognises who wrongly accuses one stranger in a hundred, whatever they know:
 * the trade-off that (epsilon, delta) allows (Kairouz, Oh and Viswanath, 2015).
 */
export function recognised(epsilon: number, delta: number): number {
  return Math.min(Math.exp(epsilon) * WRONGLY + delta, 1 - Math.exp(-epsilon) * (1 - delta - WRONGLY))
}
