"""The host-mode node: inputs from the chain, through the dapp, to outputs, proofs and claims that anyone can query."""
