from __future__ import annotations

import zlib

import pytest

from deml.base.inputs import Codec
from deml.base.limits import MAX_PACKED_BYTES
from deml.ipld import pack, unpack
from deml.ipld.errors import MalformedStream, OversizedStream
from tests.unit.ipld.refusals import TRAILING_STREAM_BYTES, TRUNCATED_STREAM, refused

CAR = b"a car, a car, a car " * 50
PACKED = pack(Codec.ZLIB, CAR)


@pytest.mark.parametrize("codec", list(Codec))
@pytest.mark.parametrize("data", [b"", b"x", CAR, bytes(range(256)) * 300])
def test_round_trip_up_to_the_limit(codec: Codec, data: bytes):
    assert unpack(codec, pack(codec, data), len(data)) == data


def test_a_car_travels_as_it_is_and_zlib_is_shorter():
    assert pack(Codec.CAR, CAR) == CAR
    assert len(PACKED) < len(CAR) // 4


@pytest.mark.parametrize("codec", list(Codec))
def test_one_byte_above_the_limit(codec: Codec):
    with pytest.raises(OversizedStream, match=f"more than {len(CAR) - 1} bytes"):
        unpack(codec, pack(codec, CAR), len(CAR) - 1)


def test_a_bomb_is_cut_off():
    bomb = zlib.compress(bytes(2**26), 9)
    with pytest.raises(OversizedStream):
        unpack(Codec.ZLIB, bomb, 1_000)


def test_uploader_of_millions_of_code_tables_is_not_unpacked():
    """Blocks without content cost forty times what a byte is priced at; so a compressed stream may not be long."""
    longest = PACKED + bytes(MAX_PACKED_BYTES - len(PACKED))
    with pytest.raises(MalformedStream, match=f"longer than {MAX_PACKED_BYTES}"):
        unpack(Codec.ZLIB, longest + b"\0", 2 * MAX_PACKED_BYTES)
    assert unpack(Codec.CAR, longest + b"\0", 2 * MAX_PACKED_BYTES) == longest + b"\0"


def test_the_longest_compressed_stream_is_unpacked():
    stored = zlib.compress(bytes(range(256)) * (MAX_PACKED_BYTES // 256 - 2), 0)
    assert MAX_PACKED_BYTES - 2_000 < len(stored) <= MAX_PACKED_BYTES
    assert len(unpack(Codec.ZLIB, stored, MAX_PACKED_BYTES)) == 256 * (MAX_PACKED_BYTES // 256 - 2)


def test_every_cut_of_a_stream_is_noticed():
    for end in range(len(PACKED)):
        with refused(TRUNCATED_STREAM, f"of {end} bytes"):
            unpack(Codec.ZLIB, PACKED[:end], len(CAR))


@pytest.mark.parametrize("tail", [b"\x00", PACKED])
def test_nothing_may_follow_the_stream(tail: bytes):
    with refused(TRAILING_STREAM_BYTES, f"{len(tail)} bytes follow"):
        unpack(Codec.ZLIB, PACKED + tail, 10 * len(CAR))


@pytest.mark.parametrize(
    "data",
    [
        CAR,
        PACKED[:-1] + bytes([PACKED[-1] ^ 1]),  # its checksum
        zlib.compressobj(wbits=-15).flush(),  # raw deflate
        b"\x1f\x8b\x08\x00" + bytes(20),  # gzip
        b"\x78\xbb" + bytes(10),  # needs a dictionary
    ],
)
def test_other_data_is_no_zlib_stream(data: bytes):
    with pytest.raises(MalformedStream):
        unpack(Codec.ZLIB, data, 10_000)
