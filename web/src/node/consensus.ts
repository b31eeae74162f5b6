import type { Config } from 'wagmi'
import type { Settings } from '../app/settings'
import { ProofWalker } from './merkle'
import { acceptedRoots } from './roots'

/** Follows proofs to roots that the Application's own consensus contract has accepted, as the chain says. */
export function proofWalker(config: Config, settings: Settings): ProofWalker {
  return new ProofWalker(acceptedRoots(config.getClient(), settings.appAddress))
}
