"""Pay for what reads and writes messages before the first input instead of during it."""

from __future__ import annotations

from contextlib import suppress

from eth_abi.exceptions import DecodingError

from deml.wire import inputs, notices
from deml.wire.abi import DECODER
from deml.wire.encoding import arguments


def warm_up() -> None:
    """Make, and keep, what reads and writes every message; eth-abi by reading no arguments at all, which it refuses."""
    for one in (*inputs.TABLE.kinds, *notices.TABLE.kinds):
        with suppress(DecodingError):
            DECODER.decode(one.function.types, b"")
        arguments(one.function.types)
