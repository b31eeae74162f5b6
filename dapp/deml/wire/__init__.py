"""Layer 1: the ABI codecs of inputs and outputs; the only place that knows Solidity's encoding."""
