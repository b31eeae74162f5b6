import { bytesToHex, concat, type Hex, hexToBytes, keccak256 } from 'viem'
import { type Claims, epochOf } from '../node/claims'
import { OutputsTree } from '../node/merkle'
import { recordAt, type Source } from '../node/records'

/**
 * What becomes of a claim. `pending`: the node has computed it, and nothing that the chain has accepted contradicts it;
 * `differs`: the chain has accepted another one for the same or a later block, or the node says that it was decided.
 */
export type ClaimStanding = 'accepted' | 'pending' | 'differs'

/** The outputs that a replay has made, in order, and the blocks of the inputs that they came of. */
export class MadeOutputs {
  private readonly hashes: Hex[] = []
  private readonly blocks: number[] = []
  private readonly roots = new Map<number, Hex>()

  get count(): number {
    return this.hashes.length
  }

  append(output: Hex, block: number): void {
    this.hashes.push(keccak256(output))
    this.blocks.push(block)
  }

  /** All hashes, 32 bytes each, and all blocks. */
  kept(): { outputs: Uint8Array; blocks: number[] } {
    return { outputs: hexToBytes(this.count ? concat(this.hashes) : '0x'), blocks: [...this.blocks] }
  }

  restore({ outputs, blocks }: ReturnType<MadeOutputs['kept']>): void {
    for (let place = 0; place < outputs.length; place += 32) {
      this.hashes.push(bytesToHex(outputs.subarray(place, place + 32)))
    }
    this.blocks.push(...blocks)
  }

  /** Root of the first `count`. */
  rootOf(count: number): Hex {
    const known = this.roots.get(count)
    if (known) return known
    const tree = new OutputsTree()
    for (const hash of this.hashes.slice(0, count)) tree.append(hash)
    const root = tree.root()
    this.roots.set(count, root)
    return root
  }

  /** How many came of inputs up to a block. */
  upTo(block: number): number {
    const later = this.blocks.findIndex((one) => one > block)
    return later < 0 ? this.count : later
  }

  blockOf(place: number): number {
    return this.blocks[place] ?? 0
  }
}

/**
 * Judge the claim about the first `proven` outputs by what the chain has accepted; `claimed` of them are known to be in an
 * accepted claim. Returns how many are known to be now.
 *
 * @throws NodeError
 */
export async function judgeClaim(
  made: MadeOutputs,
  proven: number,
  claimed: number,
  source: Source,
  claims: Claims,
): Promise<{ standing: ClaimStanding; claimed: number }> {
  const root = made.rootOf(proven)
  const whole = { standing: 'accepted', claimed: proven } as const
  if (await claims.isAccepted(root)) return whole
  const epoch = await epochAt(source, proven - 1)
  const accepted = await acceptedBefore(made, made.upTo(epoch.firstBlock - 1), proven, claimed, source, claims)
  const newest = made.blockOf(proven - 1)
  const run = made.blockOf(made.count - 1)
  const since = await claims.acceptedSince(made.blockOf(accepted))
  const contradicts = since.some(
    ({ lastBlock, root: other }) =>
      (lastBlock >= newest || lastBlock < run) && made.rootOf(made.upTo(lastBlock)) !== other,
  )
  const isOpen = !contradicts && !epoch.isDecided && (epoch.root === undefined || epoch.root === root)
  if (isOpen) return { standing: 'pending', claimed: accepted }
  // The chain may have accepted it after it was asked first.
  return (await claims.isAccepted(root)) ? whole : { standing: 'differs', claimed: accepted }
}

/** How many of the outputs before an epoch are in a claim that the chain has accepted: epoch by epoch, backwards. */
async function acceptedBefore(
  made: MadeOutputs,
  first: number,
  proven: number,
  claimed: number,
  source: Source,
  claims: Claims,
): Promise<number> {
  let count = Math.min(first, proven - 1)
  while (count > claimed && !(await claims.isAccepted(made.rootOf(count)))) {
    const before = made.upTo((await epochAt(source, count - 1)).firstBlock - 1)
    count = Math.min(before, count - 1)
  }
  return Math.max(count, claimed)
}

/** The epoch of an output, as the node tells. */
async function epochAt(source: Source, place: number) {
  const output = await recordAt<{ epoch_index: Hex }>(source, 'cartesi_listOutputs', place)
  return epochOf(source, Number(output?.epoch_index ?? 0))
}
