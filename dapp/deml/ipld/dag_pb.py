"""dag-pb nodes: links to other blocks, and data.

As strict as the DAG-PB specification: the fields of a link in order and once, no unknown fields, links in one run.
Links stand before the data in what is written; in what is read they may stand behind it, as in old blocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from deml.ipld.cid import Cid
from deml.ipld.errors import MalformedBlock, UnusualLayout
from deml.ipld.protobuf import BYTES, NUMBER, bytes_field, fields, number_field

_DATA: Final = 1
_LINKS: Final = 2

_HASH: Final = 1
_NAME: Final = 2
_TSIZE: Final = 3
_LINK_WIRES: Final = {_HASH: BYTES, _NAME: BYTES, _TSIZE: NUMBER}


@dataclass(frozen=True, slots=True)
class DagNode:
    """What a block says. `data` is what `block` holds from `data_start` on; None where there is no data."""

    links: tuple[Cid, ...]
    data: memoryview | None
    data_start: int


def decode(block: memoryview, cid: Cid, max_links: int) -> DagNode:
    """Read the block `cid`.

    Names and sizes of links are checked for form and dropped: a file's links have no names, and nothing vouches for the
    sizes.

    Raises
    ------
    UnusualLayout
        As soon as there are more than `max_links`.
    MalformedBlock
    DemlError
        What varints and CIDs raise.
    """
    links: list[Cid] = []
    data: memoryview | None = None
    data_start = 0
    previous = 0
    for number, wire, start, end in fields(block, 0, cid):
        if wire != BYTES or number not in (_DATA, _LINKS):
            raise MalformedBlock(str(cid), f"it has a field {number} of wire type {wire}")
        if number == _DATA:
            if data is not None:
                raise MalformedBlock(str(cid), "it has two data fields")
            data, data_start = block[:end], start
        else:
            if links and previous == _DATA:
                raise MalformedBlock(str(cid), "its data stands between its links")
            if len(links) == max_links:
                raise UnusualLayout(f"{cid} has more than the {max_links} links that the blocks before it leave")
            links.append(_decode_link(block[:end], start, cid))
        previous = number
    return DagNode(tuple(links), data, data_start)


def encode(links: Sequence[tuple[Cid, int]], data: bytes) -> bytes:
    """Write a node with nameless links, each given with the size of all that it leads to in bytes."""
    fields_of_links = (
        bytes_field(_LINKS, bytes_field(_HASH, cid.binary) + bytes_field(_NAME, b"") + number_field(_TSIZE, size))
        for cid, size in links
    )
    return b"".join((*fields_of_links, bytes_field(_DATA, data)))


def _decode_link(message: memoryview, start: int, cid: Cid) -> Cid:
    target: Cid | None = None
    previous = 0
    for number, wire, begin, end in fields(message, start, cid):
        if _LINK_WIRES.get(number) != wire:
            raise MalformedBlock(str(cid), f"a link has a field {number} of wire type {wire}")
        if number <= previous:
            raise MalformedBlock(str(cid), "the fields of a link are repeated or out of order")
        previous = number
        if number == _HASH:
            target = Cid.decode(message[begin:end])
    if target is None:
        raise MalformedBlock(str(cid), "a link has no CID")
    return target.v1()
