/**
 * The least gain that is not explained by luck, before a score is known: L / rows, where every difference from the
 * initial model helps (docs/scoring.md, "Pay for what luck cannot explain"). An accuracy of 0 to 1.
 */
export function leastGain(level: number, rows: number): number {
  return rows > 0 ? level / rows : Number.POSITIVE_INFINITY
}
