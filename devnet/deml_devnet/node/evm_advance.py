"""``EvmAdvance``: an input as the InputBox encodes it."""

from __future__ import annotations

from deml_devnet.node.guest import AdvanceState
from deml_sdk.chain.contracts import EVM_ADVANCE


def read_input(raw: bytes, first_output: int = 0) -> AdvanceState:
    """Decode an input; `first_output` is how many outputs there are before it."""
    chain_id, app, sender, block_number, timestamp, prev_randao, index, payload = EVM_ADVANCE.decode(raw)
    return AdvanceState(chain_id, app, sender, block_number, timestamp, prev_randao, index, payload, first_output)
