"""The part of protobuf that IPLD uses: numbers (wire type 0) and byte strings (wire type 2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from deml.ipld import varint
from deml.ipld.errors import MalformedBlock
from deml.ipld.varint import PROTOBUF_BITS

NUMBER: Final = 0
BYTES: Final = 2


def fields(data: memoryview, start: int, place: object) -> Iterator[tuple[int, int, int, int]]:
    """Read the fields of the message that begins at `start` and fills the rest of `data`.

    Yields
    ------
    number, wire type, position, value
        Of a number: the field's position and its value. Of a byte string: where it begins and where it ends in `data`.

    Raises
    ------
    MalformedBlock
        At another wire type, at field number 0, or if a byte string is cut off. `place` names the message.
    MalformedVarint
    """
    while start < len(data):
        position = start
        key, start = varint.decode(data, start, place, PROTOBUF_BITS)
        number, wire = key >> 3, key & 7
        if not number or wire not in (NUMBER, BYTES):
            raise MalformedBlock(
                str(place), f"a field at byte {position} has the number {number} and the wire type {wire}"
            )
        value, start = varint.decode(data, start, place, PROTOBUF_BITS)
        if wire == BYTES:
            position, start = start, start + value
            if start > len(data):
                raise MalformedBlock(str(place), f"the field at byte {position} lacks {start - len(data)} of its bytes")
            yield number, wire, position, start
        else:
            yield number, wire, position, value


def number_field(number: int, value: int) -> bytes:
    """Write a field that holds a number."""
    return varint.encode(number << 3 | NUMBER) + varint.encode(value)


def bytes_field(number: int, value: bytes) -> bytes:
    """Write a field that holds a byte string or a message."""
    return varint.encode(number << 3 | BYTES) + varint.encode(len(value)) + value
