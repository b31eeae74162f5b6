"""``EvmAdvance``: an input as the InputBox encodes it."""

from __future__ import annotations

from typing import Final

from eth_abi.abi import decode
from eth_utils.crypto import keccak

from deml_devnet.node.guest import AdvanceState

_TYPES: Final = ["uint256", "address", "address", "uint256", "uint256", "uint256", "uint256", "bytes"]
SELECTOR: Final = keccak(text=f"EvmAdvance({','.join(_TYPES)})")[:4]


def read_input(raw: bytes, first_output: int = 0) -> AdvanceState:
    """Decode an input; `first_output` is how many outputs there are before it."""
    chain_id, app, sender, block_number, timestamp, prev_randao, index, payload = decode(_TYPES, raw[4:])
    return AdvanceState(chain_id, app, sender, block_number, timestamp, prev_randao, index, payload, first_output)
