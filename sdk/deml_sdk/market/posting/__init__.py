"""From a sponsor's file to terms that the dapp will accept."""
