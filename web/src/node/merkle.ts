import { concat, type Hex, keccak256 } from 'viem'

/** Depth of the outputs' tree in Cartesi Rollups v2. */
export const HEIGHT = 63

/**
 * Root that a leaf and its siblings lead to, from the leaf up.
 *
 * @throws RangeError if the proof has not one sibling a level, or the index does not fit.
 */
export function rootOf(leaf: Hex, index: number, siblings: readonly Hex[]): Hex {
  if (siblings.length !== HEIGHT) throw new RangeError(`a proof has ${HEIGHT} siblings, not ${siblings.length}`)
  if (!Number.isSafeInteger(index) || index < 0) throw new RangeError(`no leaf has the index ${index}`)
  let node = leaf
  let place = BigInt(index)
  for (const sibling of siblings) {
    node = keccak256(place & 1n ? concat([sibling, node]) : concat([node, sibling]))
    place >>= 1n
  }
  return node
}
