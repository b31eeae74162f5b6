import { concat, type Hex, keccak256 } from 'viem'
import { describe, expect, it } from 'vitest'
import { HEIGHT, ProofWalker, pathOf } from '../src/node/merkle'

/** Root that a leaf and its siblings lead to. */
function rootOf(leaf: Hex, index: number, siblings: readonly Hex[]): Hex {
  return pathOf(leaf, index, siblings).at(-1) as Hex
}

const ZERO = `0x${'00'.repeat(32)}` as Hex

/** Siblings of the only leaf of a tree: the roots of empty subtrees. */
function emptySiblings(): Hex[] {
  const siblings = [ZERO]
  while (siblings.length < HEIGHT) {
    const last = siblings.at(-1) ?? ZERO
    siblings.push(pair(last, last))
  }
  return siblings
}

function pair(left: Hex, right: Hex): Hex {
  return keccak256(concat([left, right]))
}

describe('roots', () => {
  it('of the tree of nothing is that of Cartesi’s contracts', () => {
    // LibMerkle32's empty root for a height of 63, as the devnet's node and the contracts compute it.
    let node = ZERO
    for (let level = 0; level < HEIGHT; level += 1) node = pair(node, node)
    expect(rootOf(ZERO, 0, emptySiblings())).toBe(node)
  })

  it('depend on the place of the leaf', () => {
    const leaf = keccak256('0x01')
    const siblings = emptySiblings()
    expect(rootOf(leaf, 0, siblings)).not.toBe(rootOf(leaf, 1, siblings))
  })

  it('need a sibling a level, and a place in the tree', () => {
    expect(() => rootOf(ZERO, 0, [])).toThrow(RangeError)
    expect(() => rootOf(ZERO, -1, emptySiblings())).toThrow(RangeError)
  })
})

/** Every node of a tree over leaves, by level; what is beside them is the tree of nothing. */
function treeOf(leaves: readonly Hex[]): { root: Hex; proofOf: (index: number) => Hex[] } {
  const empty = emptySiblings()
  const levels = [[...leaves]]
  for (let level = 0; level < HEIGHT; level += 1) {
    const below = levels[level] ?? []
    const above: Hex[] = []
    for (let at = 0; at < below.length; at += 2) {
      above.push(pair(below[at] as Hex, below[at + 1] ?? (empty[level] as Hex)))
    }
    levels.push(above)
  }
  const proofOf = (index: number) =>
    Array.from({ length: HEIGHT }, (_, level) => {
      const beside = Math.floor(index / 2 ** level) ^ 1
      return levels[level]?.[beside] ?? (empty[level] as Hex)
    })
  return { root: levels[HEIGHT]?.[0] as Hex, proofOf }
}

describe('a walk along many proofs', () => {
  const leaves = Array.from({ length: 50 }, (_, index) => keccak256(`0x${index.toString(16).padStart(2, '0')}`))
  const tree = treeOf(leaves)

  it('accepts each leaf of an accepted tree, and follows one proof whole', async () => {
    const asked: Hex[] = []
    const walker = new ProofWalker(async (root) => asked.push(root) > 0 && root === tree.root)
    for (const [index, leaf] of leaves.entries())
      expect(await walker.check(leaf, index, tree.proofOf(index))).toBe(true)
    expect(asked).toEqual([tree.root])
  })

  it.each([
    ['a leaf that the tree does not have', keccak256('0xffff'), 3, 3],
    ['a leaf of the tree at another place', leaves[4] as Hex, 3, 3],
    ['the proof of another leaf', leaves[3] as Hex, 3, 12],
  ])('a lying node: %s is not accepted, whatever was proven before', async (_, leaf, index, proof) => {
    const walker = new ProofWalker(async (root) => root === tree.root)
    for (const [place, one] of leaves.entries()) await walker.check(one, place, tree.proofOf(place))
    expect(await walker.check(leaf, index, tree.proofOf(proof))).toBe(false)
  })

  it('a lying node: a tree of its own is not accepted', async () => {
    const own = treeOf([keccak256('0x00'), keccak256('0xbad0')])
    const walker = new ProofWalker(async (root) => root === tree.root)
    expect(await walker.check(keccak256('0xbad0'), 1, own.proofOf(1))).toBe(false)
    expect(await walker.check(keccak256('0xbad0'), 1, [])).toBe(false)
  })
})
