"""Unsigned LEB128 numbers, in their shortest form only."""

from __future__ import annotations

from typing import Final

from deml.ipld.errors import MalformedVarint

BytesLike = bytes | memoryview

MULTIFORMATS_BITS: Final = 63
"""Longest number in CIDs and CARs, in bits: nine bytes, the limit of the multiformats unsigned-varint."""

PROTOBUF_BITS: Final = 64
"""Longest number in protobuf, in bits: a uint64."""


def decode(data: BytesLike, offset: int, place: object, bits: int = MULTIFORMATS_BITS) -> tuple[int, int]:
    """Read the number at `offset`; return it and the offset behind it.

    `place` is what `data` belongs to; only an error turns it into text.

    Raises
    ------
    MalformedVarint
        If it is cut off, not in its shortest form, or has more than `bits` bits.
    """
    if offset < len(data) and data[offset] < 0x80:
        return data[offset], offset + 1
    value = shift = 0
    for position in range(offset, len(data)):
        byte = data[position]
        value |= (byte & 0x7F) << shift
        if value >> bits:
            raise MalformedVarint(str(place), offset, f"has more than {bits} bits")
        if byte < 0x80:
            if byte == 0 and shift:
                raise MalformedVarint(str(place), offset, "is written with more bytes than it needs")
            return value, position + 1
        shift += 7
        if shift >= bits:
            raise MalformedVarint(str(place), offset, f"has more than {bits} bits")
    raise MalformedVarint(str(place), offset, "is cut off")


def encode(value: int) -> bytes:
    """Write `value`, which is not negative, in its shortest form."""
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
