"""Events of contracts, read in ranges of blocks that a service answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from deml.base.types import Address
from deml_sdk.chain.reading import ChainReading
from deml_sdk.errors import BadAnswer, CallFailed

MAX_BLOCKS: Final = 2_000
"""Blocks asked for at once: what most public services take. Where even that is too much, halves are asked for."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event: who emitted it, its topics as the JSON-RPC spells them, what else it says, and its block."""

    address: Address
    topics: tuple[str, ...]
    data: bytes
    block: int


def read_events(
    reader: ChainReading, addresses: Sequence[Address], topics: Sequence[str], first: int, last: int
) -> Iterator[Event]:
    """Yield events whose first topic is one of `topics`, in the blocks from `first` to `last`, in order.

    Raises
    ------
    CallFailed
        If a service does not answer even for one block.
    BadAnswer, ServiceUnreachable
    """
    span = MAX_BLOCKS
    while first <= last:
        end = min(first + span, last + 1) - 1
        wanted = {"address": list(addresses), "topics": [list(topics)], "fromBlock": hex(first), "toBlock": hex(end)}
        try:
            found = reader.rpc("eth_getLogs", [wanted])
        except CallFailed:
            if end == first:
                raise
            span = (end - first + 1) // 2
            continue
        yield from _events(found)
        first = end + 1


def _events(found: Any) -> list[Event]:
    try:
        return [
            Event(
                Address(one["address"].lower()),
                tuple(one["topics"]),
                bytes.fromhex(one["data"].removeprefix("0x")),
                int(one["blockNumber"], 16),
            )
            for one in found
        ]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadAnswer("chain", "its JSON-RPC", f"eth_getLogs: {type(error).__name__} {error}") from None
