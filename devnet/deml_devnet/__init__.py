"""A whole DeML on one machine: a local chain with the real Cartesi contracts, a node that runs the dapp on the host."""
