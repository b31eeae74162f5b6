"""The local chain: anvil, its clock, and the real Cartesi contracts on it."""
