"""What a pinning service says of a pin besides its state: the free member ``info`` of the Pinning Service API.

The API names ``status_details`` alone; whatever else is read here is a service's own, and its word. filecoin-pin 0.13
tells ``blocks_written``, ``total_size``, ``missing_blocks``, ``error``, and of its piece ``synapse_piece_cid``,
``synapse_piece_id`` and ``synapse_data_set_id``. It says "pinned" also of a file of which it could not get all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from deml_sdk.ipfs.pieces import Piece
from deml_sdk.ipfs.pins import PinState
from deml_sdk.ipfs.text import printable

_EXPIRY: Final = ("expires", "expires_at", "expiry", "pinned_until")
_COST: Final = ("cost", "price")
"""Names under which services may tell these; the API has none for either."""


@dataclass(frozen=True, slots=True)
class PinInfo:
    """What was read of ``info``."""

    state: PinState
    details: str
    expires: str
    cost: str
    piece: Piece | None


def read_info(state: PinState, info: Mapping[str, Any]) -> PinInfo:
    """Read ``info``; a pin that lacks blocks by the service's own count has failed, whatever else is said of it."""

    def told(*names: str) -> str:
        return next((printable(str(info[one])) for one in names if info.get(one) not in (None, "")), "")

    details = told("status_details", "error")
    written, missing = told("blocks_written"), told("missing_blocks")
    if state is PinState.PINNED and (written == "0" or missing not in ("", "0")):
        lacking = f"{missing} blocks are missing" if missing not in ("", "0") else "no block was stored"
        return PinInfo(PinState.FAILED, f"it is called pinned, but {lacking}", "", "", None)
    if not details and written and state is not PinState.FAILED:
        size = told("total_size")
        details = f"{written} blocks" + (f", {size} bytes" if size else "")
    piece = told("synapse_piece_cid")
    return PinInfo(
        state,
        details,
        told(*_EXPIRY),
        told(*_COST),
        Piece(piece, told("synapse_data_set_id"), told("synapse_piece_id")) if piece else None,
    )
