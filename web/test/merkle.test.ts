import { concat, type Hex, keccak256 } from 'viem'
import { describe, expect, it } from 'vitest'
import { HEIGHT, rootOf } from '../src/node/merkle'

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
