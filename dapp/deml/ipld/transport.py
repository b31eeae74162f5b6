"""How a CAR travels in an upload stream: as it is, or compressed with zlib (RFC 1950)."""

from __future__ import annotations

import zlib
from typing import Final

from deml.base.inputs import Codec
from deml.base.limits import MAX_PACKED_BYTES
from deml.ipld.errors import MalformedStream, OversizedStream

_BEST_COMPRESSION: Final = 9
"""A byte costs its sender 40 gas, which outweighs any time spent on packing it."""


def pack(codec: Codec, car: bytes) -> bytes:
    """Make the stream that carries `car`."""
    return zlib.compress(car, _BEST_COMPRESSION) if codec is Codec.ZLIB else car


def unpack(codec: Codec, data: bytes, max_bytes: int) -> bytes:
    """Take the CAR out of a stream; no more than `max_bytes` + 1 bytes are ever unpacked.

    Raises
    ------
    OversizedStream, MalformedStream
    """
    if codec is Codec.CAR:
        if len(data) > max_bytes:
            raise OversizedStream(max_bytes)
        return data
    if len(data) > MAX_PACKED_BYTES:
        raise MalformedStream(len(data), f"it is longer than {MAX_PACKED_BYTES}")
    stream = zlib.decompressobj()
    try:
        car = stream.decompress(data, max_bytes + 1)
    except zlib.error as error:
        raise MalformedStream(len(data), "it is not valid") from error
    if len(car) > max_bytes:
        raise OversizedStream(max_bytes)
    if not stream.eof:
        raise MalformedStream(len(data), "it breaks off")
    if stream.unused_data:
        raise MalformedStream(len(data), f"{len(stream.unused_data)} bytes follow its end")
    return car
