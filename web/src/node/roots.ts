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

/** The consensus contract that an Application believes now. */
export function consensusOf(client: Client, app: Address): Promise<Address> {
  return readContract(client, { address: app, abi: ABI, functionName: 'getOutputsMerkleRootValidator' })
}

/** Ask a consensus contract whether it has accepted a root of an Application's outputs. */
export function isAccepted(client: Client, consensus: Address, app: Address, root: Hex): Promise<boolean> {
  return readContract(client, {
    address: consensus,
    abi: ABI,
    functionName: 'isOutputsMerkleRootValid',
    args: [app, root],
  })
}

/** Ask the consensus contract of an Application about roots of its outputs, once for each. */
export function acceptedRoots(client: Client, app: Address): (root: Hex) => Promise<boolean> {
  const known = new Map<Hex, Promise<boolean>>()
  const consensus = consensusOf(client, app)
  return (root) => {
    const asked = known.get(root) ?? consensus.then((address) => isAccepted(client, address, app, root))
    known.set(root, asked)
    return asked
  }
}
