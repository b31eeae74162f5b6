"""Layer 3: the rollup loop; the only part of the dapp that knows a network, an environment, a clock or a log."""
