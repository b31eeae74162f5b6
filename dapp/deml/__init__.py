"""The DeML dapp: everything that runs inside the Cartesi Machine."""
