"""Pay for eth-abi's codecs before the first input instead of during it."""

from __future__ import annotations

from contextlib import suppress

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError, EncodingError

from deml.wire import inputs, notices


def warm_up() -> None:
    """Let eth-abi compile, and keep, a codec for every message; on no arguments at all, which it then refuses."""
    for one in (*inputs.TABLE.kinds, *notices.TABLE.kinds):
        with suppress(DecodingError):
            decode(one.function.types, b"")
        with suppress(EncodingError):
            encode(one.function.types, ())
