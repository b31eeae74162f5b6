"""The chain's accounts: made from a mnemonic that everybody knows, for play money only."""

from __future__ import annotations

from typing import Final

MNEMONIC: Final = "test test test test test test test test test test test junk"
"""The one that anvil and hardhat use unless told otherwise."""

OPERATOR: Final = 0
"""Index of the account that deploys the contracts, owns the Authority and submits the node's claims."""

NAMES: Final = ("operator", "sponsor", *(f"client{number}" for number in range(1, 9)))
"""Names of the accounts, in the mnemonic's order."""
