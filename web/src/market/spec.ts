import { errorWords } from '../words/errors'

/** The specification beside a job's terms (docs/spec.md), as far as the page needs it. */
export interface Spec {
  version: 1
  title: string
  description: string
  license: string
  /** What the sponsor will use the models for, and what not; empty where it does not say. */
  permittedUse: string
  data: { columns: Column[]; label: { column: string; mapping?: Record<string, number> } }
  trainer: { kind: 'builtin' } | { kind: 'script'; cid: string }
  privacy?: { max_epsilon: number; max_delta: number }
}

export interface Column {
  name: string
  type: 'number' | 'integer' | 'category' | 'text'
  unit?: string
  description?: string
  minimum?: number
  maximum?: number
  categories?: string[]
  required: boolean
}

/** Largest specification read. */
export const MAX_SPEC_BYTES = 1_048_576

/**
 * Read a specification; what a stranger wrote is checked before it is used.
 *
 * @throws Error if it is none.
 */
export function parseSpec(file: Uint8Array): Spec {
  const read: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(file))
  if (!isRecord(read) || read.version !== 1 || !isRecord(read.data) || !Array.isArray(read.data.columns)) {
    throw new Error(errorWords.spec.none)
  }
  const label = read.data.label
  if (!isRecord(label) || typeof label.column !== 'string') throw new Error(errorWords.spec.noLabel)
  const columns = read.data.columns.map(column)
  const names = new Set(columns.map((one) => one.name))
  if (names.size < columns.length) throw new Error(errorWords.spec.twice)
  if (!names.has(label.column)) throw new Error(errorWords.spec.noLabel)
  return {
    version: 1,
    title: String(read.title ?? ''),
    description: String(read.description ?? ''),
    license: String(read.license ?? ''),
    permittedUse: String(read.permitted_use ?? ''),
    data: {
      columns,
      label: { column: label.column, ...(isRecord(label.mapping) ? { mapping: numbers(label.mapping) } : {}) },
    },
    trainer: trainer(read.trainer),
    ...(isRecord(read.privacy)
      ? { privacy: { max_epsilon: Number(read.privacy.max_epsilon), max_delta: Number(read.privacy.max_delta) } }
      : {}),
  }
}

/** The data's columns, with the class numbers that a model of this architecture tells apart as the label's range. */
export function withClasses(data: Spec['data'], architecture: string): Spec['data'] {
  const { task, family, outputs } = JSON.parse(architecture) as { task?: string; family: string; outputs?: number }
  if (task === 'regression' || family === 'linear') return data
  const range = { minimum: 0, maximum: Math.max(2, outputs ?? 1) - 1 }
  const bounded = (one: Column) =>
    one.name === data.label.column && one.type === 'integer' ? { ...one, ...range } : one
  return { ...data, columns: data.columns.map(bounded) }
}

function trainer(value: unknown): Spec['trainer'] {
  if (!isRecord(value)) return { kind: 'builtin' }
  return value.kind === 'script' ? { kind: 'script', cid: String(value.cid) } : { kind: 'builtin' }
}

const TYPES = ['number', 'integer', 'category', 'text'] as const

function column(value: unknown): Column {
  if (!isRecord(value) || typeof value.name !== 'string') throw new Error(errorWords.spec.noName)
  const type = TYPES.find((one) => one === value.type)
  if (!type) throw new Error(errorWords.spec.noType(value.name))
  // Rows are turned into numbers by these: as the command, the page takes none that could put one in another's place.
  if ((type === 'category') !== (Array.isArray(value.categories) && value.categories.length > 0)) {
    throw new Error(errorWords.spec.categories(value.name))
  }
  if (value.required === false && type !== 'text') throw new Error(errorWords.spec.optional(value.name))
  return {
    name: value.name,
    type,
    required: value.required !== false,
    ...(typeof value.unit === 'string' ? { unit: value.unit } : {}),
    ...(typeof value.minimum === 'number' ? { minimum: value.minimum } : {}),
    ...(typeof value.maximum === 'number' ? { maximum: value.maximum } : {}),
    ...(Array.isArray(value.categories) ? { categories: value.categories.map(String) } : {}),
  }
}

function numbers(mapping: Record<string, unknown>): Record<string, number> {
  return Object.fromEntries(Object.entries(mapping).map(([name, number]) => [name, Number(number)]))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
