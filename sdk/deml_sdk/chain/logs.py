"""Logs of contracts, read in ranges of blocks that a service answers."""

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
class Log:
    """An event that a contract emitted, and where; hashes and topics in hex, as the JSON-RPC spells them."""

    address: Address
    topics: tuple[str, ...]
    data: bytes
    block: int
    block_hash: str
    transaction: str
    index: int


def read_logs(
    reader: ChainReading, addresses: Sequence[Address], topics: Sequence[str], first: int, last: int
) -> Iterator[Log]:
    """Yield logs whose first topic is one of `topics`, in the blocks from `first` to `last`, in order.

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
        yield from _logs(found)
        first = end + 1


def _logs(found: Any) -> list[Log]:
    try:
        return [
            Log(
                Address(one["address"].lower()),
                tuple(one["topics"]),
                bytes.fromhex(one["data"].removeprefix("0x")),
                int(one["blockNumber"], 16),
                one["blockHash"],
                one["transactionHash"],
                int(one["logIndex"], 16),
            )
            for one in found
        ]
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadAnswer("chain", "its JSON-RPC", f"eth_getLogs: {type(error).__name__} {error}") from None
