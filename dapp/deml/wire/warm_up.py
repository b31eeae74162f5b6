"""Pay for eth-abi's codecs before the first input instead of during it."""

from __future__ import annotations

from contextlib import suppress

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError, EncodingError

from deml.wire.inputs import INPUT_FUNCTIONS
from deml.wire.notices import NOTICE_FUNCTIONS


def warm_up() -> None:
    """Let eth-abi compile, and keep, a codec for every message; on no arguments at all, which it then refuses."""
    for function in (*INPUT_FUNCTIONS, *NOTICE_FUNCTIONS):
        with suppress(DecodingError):
            decode(function.types, b"")
        with suppress(EncodingError):
            encode(function.types, ())
