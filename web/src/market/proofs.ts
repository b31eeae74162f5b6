import type { Hex } from 'viem'
import { type Claims, epochOf } from '../node/claims'
import { HEIGHT, pathOf } from '../node/merkle'
import type { StoredOutput } from '../node/outputs'
import type { Source } from '../node/records'

type Proof = Pick<StoredOutput, 'index' | 'inputIndex' | 'epochIndex' | 'hash' | 'siblings'>

/**
 * Of the proofs that lead to no accepted root, those whose claim may be accepted yet: all of their epoch lead to one root,
 * the chain has accepted no claim for its block or a later one, and the node does not say that it was decided.
 *
 * @param sound the proofs that lead to an accepted root.
 * @throws NodeError
 */
export async function judgeProofs<P extends Proof>(
  proofs: readonly P[],
  sound: ReadonlySet<P>,
  source: Source,
  claims: Claims,
): Promise<Set<P>> {
  const epochs = new Map<number, P[]>()
  for (const one of proofs) {
    const others = epochs.get(one.epochIndex)
    if (others && one.siblings) others.push(one)
    else if (one.siblings) epochs.set(one.epochIndex, [one])
  }
  const pending = new Set<P>()
  for (const [epoch, all] of epochs) {
    const root = all.some((one) => sound.has(one)) ? undefined : commonRoot(all)
    const newest = all.at(-1)?.inputIndex ?? 0
    if (root && (await mayBeAccepted(root, epoch, newest, source, claims))) for (const one of all) pending.add(one)
  }
  return pending
}

/** The one root that all of them lead to; undefined if there is none. */
function commonRoot(all: readonly Proof[]): Hex | undefined {
  const roots = new Set<Hex | undefined>()
  for (const { hash, index, siblings } of all) {
    roots.add(siblings?.length === HEIGHT ? pathOf(hash, index, siblings)[HEIGHT] : undefined)
    if (roots.size > 1) return undefined
  }
  return [...roots][0]
}

async function mayBeAccepted(
  root: Hex,
  epoch: number,
  input: number,
  source: Source,
  claims: Claims,
): Promise<boolean> {
  const told = await epochOf(source, epoch)
  if (told.isDecided || (told.root && told.root !== root)) return claims.isAccepted(root)
  const block = await claims.blockOf(input)
  if (block === undefined) return false
  const later = await claims.acceptedSince(block)
  return later.every((one) => one.lastBlock < block) || claims.isAccepted(root)
}
