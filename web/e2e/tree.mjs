// The Merkle tree of a made-up node's outputs, and the proofs that it gives.
import { concat, keccak256 } from 'viem'

/** Depth of the outputs' tree in Cartesi Rollups v2. */
const HEIGHT = 63

/** Levels of the outputs' tree, from the leaves up; what is beside them is the tree of nothing. */
export function treeOf(leaves) {
  const pair = (left, right) => keccak256(concat([left, right]))
  const levels = [leaves]
  const empty = [`0x${'00'.repeat(32)}`]
  for (let level = 0; level < HEIGHT; level += 1) {
    const below = levels[level]
    const above = []
    for (let at = 0; at < below.length; at += 2) above.push(pair(below[at], below[at + 1] ?? empty[level]))
    levels.push(above)
    empty.push(pair(empty[level], empty[level]))
  }
  const proofOf = (index) =>
    Array.from({ length: HEIGHT }, (_, level) => levels[level][Math.floor(index / 2 ** level) ^ 1] ?? empty[level])
  return { root: levels[HEIGHT][0], proofOf }
}
