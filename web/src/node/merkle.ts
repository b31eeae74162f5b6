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
 * Nodes from a leaf up to the root that it and its siblings lead to.
 *
 * @throws RangeError if the proof has not one sibling a level, or the index does not fit.
 */
export function pathOf(leaf: Hex, index: number, siblings: readonly Hex[]): Hex[] {
  if (siblings.length !== HEIGHT) throw new RangeError(`a proof has ${HEIGHT} siblings, not ${siblings.length}`)
  if (!Number.isSafeInteger(index) || index < 0) throw new RangeError(`no leaf has the index ${index}`)
  const path = [leaf]
  let node = leaf
  let place = BigInt(index)
  for (const sibling of siblings) {
    node = keccak256(place & 1n ? concat([sibling, node]) : concat([node, sibling]))
    path.push(node)
    place >>= 1n
  }
  return path
}

/** Follows proofs to roots that the chain has accepted; what one proof has shown, the next need not compute again. */
export class ProofWalker {
  /** Nodes that are part of a tree whose root was accepted, by level, place and hash. */
  private readonly known = new Set<string>()
  private readonly ask: (root: Hex) => Promise<boolean>

  /** `ask` tells whether the consensus contract has accepted a root. */
  constructor(ask: (root: Hex) => Promise<boolean>) {
    this.ask = ask
  }

  /** Whether a leaf is part of a tree whose root the chain has accepted; false for proofs that are none. */
  async check(leaf: Hex, index: number, siblings: readonly Hex[]): Promise<boolean> {
    if (siblings.length !== HEIGHT) return false
    if (this.climb(leaf, index, siblings)) return true
    const path = pathOf(leaf, index, siblings)
    const root = path[HEIGHT] as Hex
    if (!(await this.ask(root))) return false
    this.learn(path, index, siblings)
    return true
  }

  /** Whether a leaf leads to a node that is known already. */
  private climb(leaf: Hex, index: number, siblings: readonly Hex[]): boolean {
    let node = leaf
    let place = index
    for (const [level, sibling] of siblings.entries()) {
      if (this.known.has(nameOf(level, place, node))) return true
      if (level >= FIRST_LEVELS) return false
      node = keccak256(place % 2 ? concat([sibling, node]) : concat([node, sibling]))
      place = Math.floor(place / 2)
    }
    return false
  }

  private learn(path: readonly Hex[], index: number, siblings: readonly Hex[]): void {
    let place = index
    for (let level = 0; level < FIRST_LEVELS; level += 1) {
      const beside = place % 2 ? place - 1 : place + 1
      this.known.add(nameOf(level, place, path[level] as Hex))
      this.known.add(nameOf(level, beside, siblings[level] as Hex))
      place = Math.floor(place / 2)
    }
  }
}

/** Levels within which leaves of one epoch meet: above, a proof is followed to its root. */
const FIRST_LEVELS = 24

function nameOf(level: number, place: number, node: Hex): string {
  return `${level}/${place}/${node}`
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
