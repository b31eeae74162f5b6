"""The Cartesi node: inputs, outputs, proofs, vouchers."""
