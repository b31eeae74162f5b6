"""For operators: the dapp run again beside the node, what the chain says of it, and figures for a monitor."""
