"""The Ethereum side: contracts, tokens, transactions, whom one trusts."""
