"""CARv1: a header with roots, then blocks, each beside its CID."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Final

from deml.ipld import car_header, varint
from deml.ipld.cid import Cid
from deml.ipld.errors import MalformedCar, TruncatedCar, UnusualLayout, WrongBlockHash

MAX_HEADER_BYTES: Final = 4_096
"""Longest header: room for about 90 roots, where one is enough."""

DEFAULT_MAX_BLOCKS: Final = 1_000_000
"""Bound for callers without one of their own: 244 GiB in default chunks."""


def read_header(car: bytes) -> tuple[Cid, ...]:
    """Read the roots of a CAR.

    Raises
    ------
    MalformedCar, TruncatedCar
    DemlError
        What varints and CIDs raise.
    """
    return _read_header(memoryview(car))[0]


def read_blocks(car: bytes, max_blocks: int = DEFAULT_MAX_BLOCKS) -> Iterator[tuple[Cid, bytes]]:
    """Read the blocks of a CAR one after another, each checked against its CID before it is yielded.

    Raises
    ------
    DemlError
        What `read_header` and `scan` raise.
    """
    for cid, block in scan(car, max_blocks):
        yield cid, bytes(block)


def scan(car: bytes, max_blocks: int) -> Iterator[tuple[Cid, memoryview]]:
    """Do what `read_blocks` does without copying a block.

    Raises
    ------
    TruncatedCar, MalformedCar, WrongBlockHash
    UnusualLayout
        If there are more than `max_blocks`.
    DemlError
        What varints, CIDs and the header raise.
    """
    view = memoryview(car)
    _, offset = _read_header(view)
    count = 0
    while offset < len(view):
        count += 1
        if count > max_blocks:
            raise UnusualLayout(f"the CAR holds more than {max_blocks} blocks")
        section, end = _section(view, offset)
        cid, start = Cid.read(section, 0)
        block = section[start:]
        if sha256(block).digest() != cid.digest:
            raise WrongBlockHash(str(cid), offset)
        yield cid, block
        offset = end


def write_car(roots: Sequence[Cid], blocks: Iterable[tuple[Cid, bytes | memoryview]]) -> bytes:
    """Write a CARv1 of these blocks, in the order given and unchecked."""
    header = car_header.encode(roots)
    parts: list[bytes | memoryview] = [varint.encode(len(header)), header]
    for cid, block in blocks:
        binary = cid.binary
        parts += (varint.encode(len(binary) + len(block)), binary, block)
    return b"".join(parts)


def _read_header(view: memoryview) -> tuple[tuple[Cid, ...], int]:
    length, _ = varint.decode(view, 0, "the CAR")
    if length > MAX_HEADER_BYTES:
        raise MalformedCar(f"its header is said to have {length} bytes, above the limit of {MAX_HEADER_BYTES}")
    section, end = _section(view, 0)
    return car_header.decode(section), end


def _section(view: memoryview, offset: int) -> tuple[memoryview, int]:
    """Cut out what the length at `offset` announces; return it and the offset behind it."""
    length, start = varint.decode(view, offset, "the CAR")
    end = start + length
    if not length:
        raise MalformedCar(f"it has an empty section at byte {offset}")
    if end > len(view):
        raise TruncatedCar(offset, end - len(view))
    return view[start:end], end
