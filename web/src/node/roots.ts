import { applicationAbi } from '@deml/abi'
import type { Address, Hex, PublicClient } from 'viem'

const OUTPUTS_VALID_ABI = [
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
export function acceptedRoots(
  client: Pick<PublicClient, 'readContract'>,
  app: Address,
): (root: Hex) => Promise<boolean> {
  const known = new Map<Hex, Promise<boolean>>()
  const consensus = client.readContract({
    address: app,
    abi: applicationAbi,
    functionName: 'getOutputsMerkleRootValidator',
  })
  return (root) => {
    const asked =
      known.get(root) ??
      consensus.then((address) =>
        client.readContract({
          address,
          abi: OUTPUTS_VALID_ABI,
          functionName: 'isOutputsMerkleRootValid',
          args: [app, root],
        }),
      )
    known.set(root, asked)
    return asked
  }
}
