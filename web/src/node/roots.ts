import type { Address, Client, Hex } from 'viem'
import { readContract } from 'viem/actions'

/** What is asked of the Application and of its consensus; their whole ABIs are no part of a first view. */
const ABI = [
  {
    type: 'function',
    name: 'getOutputsMerkleRootValidator',
    stateMutability: 'view',
    inputs: [],
    outputs: [{ type: 'address' }],
  },
  {
    type: 'function',
    name: 'isOutputsMerkleRootValid',
    stateMutability: 'view',
    inputs: [
      { name: 'appContract', type: 'address' },
      { name: 'outputsMerkleRoot', type: 'bytes32' },
    ],
    outputs: [{ type: 'bool' }],
  },
] as const

/** Ask the consensus contract of an Application about roots of its outputs, once for each. */
export function acceptedRoots(client: Client, app: Address): (root: Hex) => Promise<boolean> {
  const known = new Map<Hex, Promise<boolean>>()
  const consensus = readContract(client, { address: app, abi: ABI, functionName: 'getOutputsMerkleRootValidator' })
  return (root) => {
    const asked =
      known.get(root) ??
      consensus.then((address) =>
        readContract(client, { address, abi: ABI, functionName: 'isOutputsMerkleRootValid', args: [app, root] }),
      )
    known.set(root, asked)
    return asked
  }
}
