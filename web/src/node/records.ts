import type { Address, Hex } from 'viem'
import { call } from './rpc'

/** Whose records are read: an Application, and a node that runs it. */
export interface Source {
  nodeUrl: string
  appAddress: Address
}

export interface RawInput {
  index: Hex
  status: string
  raw_data: Hex
  decoded_data: {
    chain_id: Hex
    sender: Address
    block_number: Hex
    block_timestamp: Hex
    payload: Hex
  }
}

/** An output or a report, and the input that it came of. */
export interface RawMade {
  input_index: Hex
  raw_data: Hex
  output_hashes_siblings?: Hex[] | null
}

interface PageOf<T> {
  data: T[]
  pagination: { total_count: number }
}

/** Records asked for at once. */
const PAGE = 100

/** Records of one list from number `offset` on, page by page. */
export async function* pages<T>(source: Source, method: string, offset: number): AsyncGenerator<T[]> {
  for (let next = offset; ; ) {
    const page = await pageAt<T>(source, method, next, PAGE)
    yield page.data
    next += page.data.length
    if (page.isLast) return
  }
}

/** Record number `place` of a list; undefined where it has no such. */
export async function recordAt<T>(source: Source, method: string, place: number): Promise<T | undefined> {
  return (await pageAt<T>(source, method, place, 1)).data[0]
}

async function pageAt<T>(source: Source, method: string, offset: number, limit: number) {
  const params = { application: source.appAddress, limit, offset }
  const { data, pagination } = await call<PageOf<T>>(source.nodeUrl, method, params)
  return { data, isLast: data.length === 0 || offset + data.length >= pagination.total_count }
}

/** Walks a list of what inputs have led to, in step with the inputs. */
export class Walk {
  private waiting: RawMade[] = []
  private isAtEnd = false
  private read: number
  private readonly source: Source
  private readonly method: string

  /** `read`: how many of the list have been taken before. */
  constructor(source: Source, method: string, read: number) {
    this.source = source
    this.method = method
    this.read = read
  }

  /** The list may have grown: look again where its end was. */
  mayHaveGrown(): void {
    this.isAtEnd = false
  }

  /** What stands next in the list, as far as it belongs to input `number`, or to one before it. */
  async take(number: number): Promise<RawMade[]> {
    const taken: RawMade[] = []
    for (;;) {
      if (this.waiting.length === 0 && !(await this.fill())) return taken
      const [next] = this.waiting
      if (!next || Number(next.input_index) > number) return taken
      taken.push(next)
      this.waiting.shift()
    }
  }

  private async fill(): Promise<boolean> {
    if (this.isAtEnd) return false
    const { data, isLast } = await pageAt<RawMade>(this.source, this.method, this.read, PAGE)
    this.waiting = data
    this.read += data.length
    this.isAtEnd = isLast
    return data.length > 0
  }
}
