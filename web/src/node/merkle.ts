import { concat, type Hex, keccak256 } from 'viem'

/** Depth of the outputs' tree in Cartesi Rollups v2. */
export const HEIGHT = 63

/** Roots of empty subtrees, by height. */
const EMPTY: [Hex, ...Hex[]] = [`0x${'00'.repeat(32)}`]
while (EMPTY.length <= HEIGHT) {
  const last = EMPTY[EMPTY.length - 1] ?? EMPTY[0]
  EMPTY.push(keccak256(concat([last, last])))
}

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

/** The tree of all outputs so far: leaves from the left, and nothing to their right. */
export class OutputsTree {
  /** Roots of full subtrees, by height, where one waits for its right neighbour. */
  private readonly left: (Hex | undefined)[] = []
  private leaves = 0n

  get size(): number {
    return Number(this.leaves)
  }

  append(leaf: Hex): void {
    let node = leaf
    let height = 0
    for (let place = this.leaves; place & 1n; place >>= 1n) {
      node = keccak256(concat([this.left[height] ?? leaf, node]))
      height += 1
    }
    this.left[height] = node
    this.leaves += 1n
  }

  root(): Hex {
    let node = EMPTY[0]
    for (let height = 0; height < HEIGHT; height += 1) {
      const isOdd = (this.leaves >> BigInt(height)) & 1n
      node = keccak256(concat(isOdd ? [this.left[height] ?? node, node] : [node, EMPTY[height] ?? node]))
    }
    return node
  }
}
