import { type Hex, hexToBytes, keccak256 } from 'viem'
import type { Claims } from '../node/claims'
import { reportCode } from '../node/outcome'
import { pages, type RawInput, type RawMade, recordAt, type Source, Walk } from '../node/records'
import { type DecodedInput, decodeInput, encodedAgain } from '../node/wire'
import type { Advanced, Ask, Contracts, Held, Snapshot, ToldJob } from '../python/protocol'
import { type ClaimStanding, judgeClaim, MadeOutputs } from './judging'

export type { Source } from '../node/records'

/**
 * What was found: an input's outputs and reports are those of the node (`equal`); the dapp failed on it, at the node's and
 * here, so that it changed nothing, and how it failed is not compared (`bug`); something differs; or, where all is run, the
 * newest claim.
 */
export type Replayed =
  | { kind: 'equal' | 'bug'; input: number; outputs: number; reports: number }
  | Difference
  | { kind: 'claim'; outputs: number; root: Hex; standing: ClaimStanding }

/**
 * `place` counts the input's outputs or reports from 0. `chain`: the chain's InputBox has other bytes in the input's place,
 * or none; `input`: what the node says that an input says is not what its bytes
 * say; `encoding`: viem encodes an output's values in other bytes than the machine's Python.
 */
export interface Difference {
  kind: 'differs'
  input: number
  what: 'chain' | 'input' | 'verdict' | 'output' | 'report' | 'encoding'
  place: number
  here: string
  there: string
}

/** Where a replay stands: enough to go on from there. */
export interface Checkpoint {
  inputs: number
  reports: number
  /** Hash of the last input that was run. */
  head: Hex | undefined
  /** Hashes of all outputs, 32 bytes each, and the blocks of the inputs that they came of. */
  outputs: Uint8Array
  blocks: number[]
  /** How many outputs the newest claim is about that was found accepted. */
  claimed: number
  /** Inputs that the dapp failed on. */
  bugs: number[]
  snapshot: Snapshot
}

/** Status of an input in which the machine itself failed. */
const CRASHED = new Set(['EXCEPTION', 'MACHINE_HALTED', 'OUTPUTS_LIMIT_EXCEEDED'])

/** What stands for an output or a report that one side has and the other has not. */
const NOTHING = 'nothing'

const INPUTS = 'cartesi_listInputs'
const OUTPUTS = 'cartesi_listOutputs'

interface Expected {
  input: RawInput
  outputs: RawMade[]
  reports: RawMade[]
}

/** An Application's inputs, run again with the machine's own Python and compared with what a node says. */
export class MarketReplay {
  /** Inputs run. */
  inputs = 0
  private reports = 0
  private head: Hex | undefined
  private readonly made = new MadeOutputs()
  /** How many outputs the newest claim is about that was found accepted. */
  claimed = 0
  /** Inputs that the dapp failed on, here as at the node's. */
  readonly bugs: number[] = []
  private walks: { outputs: Walk; reports: Walk }
  private readonly source: Source
  private readonly python: Ask
  private readonly claims: Claims

  private constructor(source: Source, python: Ask, claims: Claims) {
    this.source = source
    this.python = python
    this.claims = claims
    this.walks = this.startWalks()
  }

  /**
   * Begin from the first input; or go on from where a replay was left, if this very program has left it and the node's
   * inputs are still the same.
   *
   * @throws PythonError, NodeError
   */
  static async begin(
    source: Source,
    contracts: Contracts,
    python: Ask,
    claims: Claims,
    kept?: Checkpoint,
  ): Promise<MarketReplay> {
    const replay = new MarketReplay(source, python, claims)
    const still = kept && (await isStillThere(source, claims, kept)) ? kept : undefined
    const restored = await python('begin', { contracts, kept: still?.snapshot ?? null })
    if (restored && still) replay.goOn(still)
    return replay
  }

  /** How many outputs were computed, and found equal. */
  get outputs(): number {
    return this.made.count
  }

  /**
   * Run what the node has run and this has not; at the end it tells of the newest claim, until it is accepted. Ends at the
   * first difference. May be called again when the node has run more.
   *
   * @throws PythonError, NodeError
   */
  async *advance(): AsyncGenerator<Replayed> {
    for await (const page of pages<RawInput>(this.source, INPUTS, this.inputs)) {
      this.walks.outputs.mayHaveGrown()
      this.walks.reports.mayHaveGrown()
      const onChain = await this.claims.inputHashes(this.inputs, page.length)
      let isWhole = true
      for (const [place, input] of page.entries()) {
        isWhole = input.status !== 'NONE'
        if (!isWhole) break
        const found = await this.run(input, onChain[place])
        yield found
        if (found.kind === 'differs') return
      }
      if (!isWhole) break
    }
    yield* this.checkClaim()
  }

  /** Where this stands, what has changed since this was last asked, and what is owed outside of jobs. */
  async checkpoint(): Promise<{ checkpoint: Checkpoint; changed: ToldJob[]; balances: Held[] }> {
    const { inputs, reports, head, claimed } = this
    const bugs = [...this.bugs]
    const { snapshot, changed, balances } = await this.python('checkpoint', {})
    return { checkpoint: { inputs, reports, head, ...this.made.kept(), claimed, bugs, snapshot }, changed, balances }
  }

  private goOn(kept: Checkpoint): void {
    this.made.restore(kept)
    this.inputs = kept.inputs
    this.reports = kept.reports
    this.head = kept.head
    this.claimed = kept.claimed
    this.bugs.push(...kept.bugs)
    this.walks = this.startWalks()
  }

  private startWalks() {
    return {
      outputs: new Walk(this.source, OUTPUTS, this.made.count),
      reports: new Walk(this.source, 'cartesi_listReports', this.reports),
    }
  }

  private async run(input: RawInput, onChain: Hex | undefined): Promise<Replayed> {
    const number = this.inputs
    const expected = {
      input,
      outputs: await this.walks.outputs.take(number),
      reports: await this.walks.reports.take(number),
    }
    if (Number(input.index) !== number) return differs(number, 'verdict', `input ${number}`, `input ${input.index}`)
    this.inputs += 1
    this.reports += expected.reports.length
    this.head = keccak256(input.raw_data)
    if (this.head !== onChain) return differs(number, 'chain', onChain ?? NOTHING, this.head)
    const read = decodeInput(input.raw_data)
    if (!read) return differs(number, 'input', NOTHING, input.raw_data)
    const misread = otherReading(this.source, input, read)
    if (misread) return { ...misread, input: number }
    const made = await this.python('advance', { meta: read.meta, payload: hexToBytes(read.payload) })
    const wrong = metABug(expected) ? unlikeABug(made, expected) : difference(made, expected)
    if (wrong) return { ...wrong, input: number }
    if (metABug(expected)) {
      this.bugs.push(number)
      return { kind: 'bug', input: number, outputs: 0, reports: 0 }
    }
    const outputs = made.accepted ? made.outputs : []
    for (const one of outputs) this.made.append(one, read.meta.block_number)
    return { kind: 'equal', input: number, outputs: outputs.length, reports: expected.reports.length }
  }

  /** Judge the newest claim that the node has proofs of, if it is newer than the accepted one that is known. */
  private async *checkClaim(): AsyncGenerator<Replayed> {
    const outputs = await this.provenOutputs()
    if (outputs === this.claimed) return
    const { standing, claimed } = await judgeClaim(this.made, outputs, this.claimed, this.source, this.claims)
    this.claimed = claimed
    yield { kind: 'claim', outputs, root: this.made.rootOf(outputs), standing }
  }

  /** How many outputs the node has proofs of: the first so many, for a claim is about all outputs so far. */
  private async provenOutputs(): Promise<number> {
    const isProven = async (place: number) =>
      ((await recordAt<RawMade>(this.source, OUTPUTS, place))?.output_hashes_siblings?.length ?? 0) > 0
    let proven = this.claimed
    let unproven = this.outputs
    if (proven === unproven || !(await isProven(proven))) return proven
    proven += 1
    while (proven < unproven) {
      const middle = Math.floor((proven + unproven) / 2)
      if (await isProven(middle)) proven = middle + 1
      else unproven = middle
    }
    return proven
  }
}

/** Whether node and chain still have the last input that was run: it may be another chain's, or of a chain begun anew. */
async function isStillThere(source: Source, claims: Claims, { inputs, head }: Checkpoint): Promise<boolean> {
  if (inputs === 0) return false
  const last = await recordAt<RawInput>(source, INPUTS, inputs - 1)
  const [onChain] = await claims.inputHashes(inputs - 1, 1)
  return last !== undefined && keccak256(last.raw_data) === head && onChain === head
}

/** Whether the dapp, or the machine, failed on an input, as the node says. */
function metABug({ input, reports }: Expected): boolean {
  if (input.status !== 'REJECTED') return CRASHED.has(input.status)
  return tellOfABug(reports.map((one) => one.raw_data))
}

/** Where the program does not fail here on an input that it failed on there; how it fails may well be another way. */
function unlikeABug(made: Advanced, { input, outputs }: Expected): Difference | undefined {
  const verdict = made.accepted ? 'ACCEPTED' : 'REJECTED'
  if (made.accepted || !tellOfABug(made.reports)) return differs(0, 'verdict', verdict, `${input.status}, BUG`)
  return firstUnlike('output', [], outputs)
}

function tellOfABug(reports: Hex[]): boolean {
  return reports.some((one) => reportCode(one) === 'BUG')
}

/** Where the node reads an input in another way than its bytes say, or gives one of another Application or place. */
function otherReading(source: Source, input: RawInput, { meta, payload }: DecodedInput): Difference | undefined {
  const told = input.decoded_data
  const fields: [name: string, here: string | number, there: string | number][] = [
    ['application', meta.app, source.appAddress.toLowerCase()],
    ['index', meta.index, Number(input.index)],
    ['chain', meta.chain_id, Number(told.chain_id)],
    ['sender', meta.sender, told.sender.toLowerCase()],
    ['block', meta.block_number, Number(told.block_number)],
    ['time', meta.timestamp, Number(told.block_timestamp)],
    ['payload', payload, told.payload],
  ]
  const unlike = fields.find(([, here, there]) => here !== there)
  return unlike && differs(0, 'input', `${unlike[0]} ${unlike[1]}`, `${unlike[0]} ${unlike[2]}`)
}

function difference(made: Advanced, { input, outputs, reports }: Expected): Difference | undefined {
  const verdict = made.accepted ? 'ACCEPTED' : 'REJECTED'
  if (verdict !== input.status) return differs(0, 'verdict', verdict, input.status)
  const own = made.accepted ? made.outputs : []
  return firstUnlike('output', own, outputs) ?? firstUnlike('report', made.reports, reports) ?? otherEncoding(own)
}

/** The first output that a second implementation of the wire does not write in the same bytes. */
function otherEncoding(outputs: Hex[]): Difference | undefined {
  for (const [place, output] of outputs.entries()) {
    const other = encodedAgain(output)
    if (other !== output) return { ...differs(0, 'encoding', shown(other), shown(output)), place }
  }
  return undefined
}

function shown(one: Hex | undefined): string {
  return one === undefined ? NOTHING : keccak256(one)
}

function firstUnlike(what: 'output' | 'report', here: Hex[], there: RawMade[]): Difference | undefined {
  for (let place = 0; place < Math.max(here.length, there.length); place += 1) {
    const [mine, told] = [here[place], there[place]?.raw_data]
    if (mine !== told) return { ...differs(0, what, shown(mine), shown(told)), place }
  }
  return undefined
}

function differs(input: number, what: Difference['what'], here: string, there: string): Difference {
  return { kind: 'differs', input, what, place: 0, here, there }
}
