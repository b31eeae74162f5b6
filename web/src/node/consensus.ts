import type { PublicClient } from 'viem'
import { readContract } from 'viem/actions'
import type { Config } from 'wagmi'
import type { Settings } from '../app/settings'
import { ProofWalker } from './merkle'
import { acceptedRoots } from './roots'

/** Follows proofs to roots that the Application's own consensus contract has accepted, as the chain says. */
export function proofWalker(config: Config, settings: Settings): ProofWalker {
  // Of all that a public client can do only this is loaded.
  const reader = { readContract: (asked: never) => readContract(config.getClient(), asked) }
  return new ProofWalker(acceptedRoots(reader as Pick<PublicClient, 'readContract'>, settings.appAddress))
}
