/** What kind of data a model learns from; known from its architecture alone, before any specification is fetched. */
export type DataKind = 'table' | 'images' | 'signals' | 'text'

/** What a row of the data is, as an architecture tells it, and how many classes there are; 0 where it is a number. */
export interface DataShape {
  kind: DataKind
  /** Numbers a row; height and width of an image; tokens of a text. */
  size: readonly number[]
  classes: number
}

/** Read it off an architecture (docs/scoring.md); a stranger's text that is none is a table of nothing. */
export function dataShapeOf(architecture: string): DataShape {
  const found = parsed(architecture)
  const classes = found.task === 'regression' || found.family === 'linear' ? 0 : classesOf(found)
  if (found.family === 'embedding_bag') return { kind: 'text', size: [numberIn(found.length)], classes }
  if (found.family !== 'cnn') return { kind: 'table', size: [numberIn(found.inputs)], classes }
  const [, height, width] = Array.isArray(found.shape) ? found.shape.map(numberIn) : []
  const isFlat = height === 1 || width === 1
  return isFlat
    ? { kind: 'signals', size: [Math.max(height ?? 0, width ?? 0)], classes }
    : { kind: 'images', size: [height ?? 0, width ?? 0], classes }
}

function classesOf({ family, outputs, layers }: Record<string, unknown>): number {
  const last = Array.isArray(layers) ? (layers.at(-1) as { units?: unknown } | null) : undefined
  return Math.max(2, numberIn(family === 'cnn' ? last?.units : outputs))
}

function numberIn(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0
}

function parsed(architecture: string): Record<string, unknown> {
  try {
    const read: unknown = JSON.parse(architecture)
    return typeof read === 'object' && read !== null ? (read as Record<string, unknown>) : {}
  } catch {
    return {} // the dapp would not have taken it
  }
}
