import { type Address, bytesToHex, concat, type Hex, hexToBytes, keccak256 } from 'viem'
import { OutputsTree } from '../node/merkle'
import { reportCode } from '../node/outcome'
import { pages, type RawInput, type RawMade, recordAt, type Source, Walk } from '../node/records'
import type { Advanced, Ask, Contracts, Snapshot, ToldJob } from '../python/protocol'

export type { Source } from '../node/records'

/** Whether the consensus contract has accepted a root; told by a chain, not by the node. */
export type Accepted = (root: Hex) => Promise<boolean>

/**
 * What was found: an input's outputs and reports are those of the node (`equal`); the dapp itself failed on it, so the
 * node's verdict is taken, and it is not run here (`bug`); something differs; or, where all is run, the newest claim.
 */
export type Replayed =
  | { kind: 'equal' | 'bug'; input: number; outputs: number; reports: number }
  | Difference
  | { kind: 'claim'; outputs: number; root: Hex; accepted: boolean }

/** `place` counts the input's outputs or reports from 0. */
export interface Difference {
  kind: 'differs'
  input: number
  what: 'verdict' | 'output' | 'report'
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
  /** Hashes of all outputs, 32 bytes each. */
  outputs: Uint8Array
  /** How many outputs the newest claim is about that was found accepted. */
  claimed: number
  snapshot: Snapshot
}

/** Status of an input in which the dapp itself failed: the node's verdict is taken, for a crash has no outputs. */
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
  private readonly hashes: Hex[] = []
  /** How many outputs the newest claim is about that was found accepted. */
  claimed = 0
  private walks: { outputs: Walk; reports: Walk }
  private readonly source: Source
  private readonly python: Ask
  private readonly accepted: Accepted

  private constructor(source: Source, python: Ask, accepted: Accepted) {
    this.source = source
    this.python = python
    this.accepted = accepted
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
    accepted: Accepted,
    kept?: Checkpoint,
  ): Promise<MarketReplay> {
    const replay = new MarketReplay(source, python, accepted)
    const still = kept && (await isStillThere(source, kept)) ? kept : undefined
    const restored = await python('begin', { contracts, kept: still?.snapshot ?? null })
    if (restored && still) replay.goOn(still)
    return replay
  }

  /** How many outputs were computed, and found equal. */
  get outputs(): number {
    return this.hashes.length
  }

  /**
   * Run what the node has run and this has not; at the end it tells of the newest claim, once. Ends at the first
   * difference. May be called again when the node has run more.
   *
   * @throws PythonError, NodeError
   */
  async *advance(): AsyncGenerator<Replayed> {
    for await (const page of pages<RawInput>(this.source, INPUTS, this.inputs)) {
      this.walks.outputs.mayHaveGrown()
      this.walks.reports.mayHaveGrown()
      let isWhole = true
      for (const input of page) {
        isWhole = input.status !== 'NONE'
        if (!isWhole) break
        const found = await this.run(input)
        yield found
        if (found.kind === 'differs') return
      }
      if (!isWhole) break
    }
    yield* this.checkClaim()
  }

  /** Where this stands, and what has changed since this was last asked. */
  async checkpoint(): Promise<{ checkpoint: Checkpoint; changed: ToldJob[] }> {
    const { inputs, reports, head, claimed } = this
    const { snapshot, changed } = await this.python('checkpoint', {})
    const outputs = hexToBytes(this.hashes.length ? concat(this.hashes) : '0x')
    return { checkpoint: { inputs, reports, head, outputs, claimed, snapshot }, changed }
  }

  private goOn(kept: Checkpoint): void {
    for (let place = 0; place < kept.outputs.length; place += 32) {
      this.hashes.push(bytesToHex(kept.outputs.subarray(place, place + 32)))
    }
    this.inputs = kept.inputs
    this.reports = kept.reports
    this.head = kept.head
    this.claimed = kept.claimed
    this.walks = this.startWalks()
  }

  private startWalks() {
    return {
      outputs: new Walk(this.source, OUTPUTS, this.hashes.length),
      reports: new Walk(this.source, 'cartesi_listReports', this.reports),
    }
  }

  private async run(input: RawInput): Promise<Replayed> {
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
    if (metABug(expected)) return { kind: 'bug', input: number, outputs: 0, reports: 0 }
    const meta = metaOf(this.source, input)
    const made = await this.python('advance', { meta, payload: hexToBytes(input.decoded_data.payload) })
    const wrong = difference(made, expected)
    if (wrong) return { ...wrong, input: number }
    const outputs = made.accepted ? made.outputs : []
    for (const one of outputs) this.hashes.push(keccak256(one))
    return { kind: 'equal', input: number, outputs: outputs.length, reports: expected.reports.length }
  }

  /** Ask the chain about the newest claim that the node has proofs of, if it is newer than the one known. */
  private async *checkClaim(): AsyncGenerator<Replayed> {
    const outputs = await this.provenOutputs()
    if (outputs === this.claimed) return
    const tree = new OutputsTree()
    for (const hash of this.hashes.slice(0, outputs)) tree.append(hash)
    const root = tree.root()
    const accepted = await this.accepted(root)
    if (accepted) this.claimed = outputs
    yield { kind: 'claim', outputs, root, accepted }
  }

  /** How many outputs the node has proofs of: the first so many, for a claim is about all outputs so far. */
  private async provenOutputs(): Promise<number> {
    const isProven = async (place: number) =>
      ((await recordAt<RawMade>(this.source, OUTPUTS, place))?.output_hashes_siblings?.length ?? 0) > 0
    let proven = this.claimed
    let unproven = this.hashes.length
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

/** Whether the node's last input is still the one that was run: it may be another chain's, or of a chain begun anew. */
async function isStillThere(source: Source, { inputs, head }: Checkpoint): Promise<boolean> {
  const last = inputs > 0 ? await recordAt<RawInput>(source, INPUTS, inputs - 1) : undefined
  return last !== undefined && keccak256(last.raw_data) === head
}

/** Whether the dapp failed on an input: what a crash or a bug leads to cannot be computed again. */
function metABug({ input, reports }: Expected): boolean {
  if (input.status !== 'REJECTED') return CRASHED.has(input.status)
  return reports.some((one) => reportCode(one.raw_data) === 'BUG')
}

function metaOf(source: Source, { index, decoded_data: decoded }: RawInput) {
  return {
    chain_id: Number(decoded.chain_id),
    app: source.appAddress.toLowerCase() as Address,
    sender: decoded.sender.toLowerCase() as Address,
    block_number: Number(decoded.block_number),
    timestamp: Number(decoded.block_timestamp),
    index: Number(index),
  }
}

function difference(made: Advanced, { input, outputs, reports }: Expected): Difference | undefined {
  const verdict = made.accepted ? 'ACCEPTED' : 'REJECTED'
  if (verdict !== input.status) return differs(0, 'verdict', verdict, input.status)
  return (
    firstUnlike('output', made.accepted ? made.outputs : [], outputs) ?? firstUnlike('report', made.reports, reports)
  )
}

function firstUnlike(what: 'output' | 'report', here: Hex[], there: RawMade[]): Difference | undefined {
  for (let place = 0; place < Math.max(here.length, there.length); place += 1) {
    const [mine, told] = [here[place], there[place]?.raw_data]
    if (mine !== told) {
      const shown = (one: Hex | undefined) => (one === undefined ? NOTHING : keccak256(one))
      return { ...differs(0, what, shown(mine), shown(told)), place }
    }
  }
  return undefined
}

function differs(input: number, what: Difference['what'], here: string, there: string): Difference {
  return { kind: 'differs', input, what, place: 0, here, there }
}
