from __future__ import annotations

import pytest

from deml.base.errors import DemlError
from deml.ipld.car import MAX_HEADER_BYTES, read_blocks, read_header, write_car
from deml.ipld.cid import DAG_PB, RAW, Cid
from deml.ipld.errors import MalformedVarint, TruncatedCar, UnsupportedHash, WrongBlockHash
from tests.unit.ipld import forge
from tests.unit.ipld.refusals import (
    EMPTY_SECTION,
    MALFORMED_CAR_HEADER,
    OVERLONG_VARINT,
    TOO_MANY_BLOCKS,
    TRUNCATED_CID,
    TRUNCATED_VARINT,
    UNSUPPORTED_CAR_VERSION,
    Refusal,
    refused,
)

HELLO = forge.v1(forge.RAW, b"hello")
WORLD = forge.v1(forge.DAG_PB, b"world")
OLD = forge.v0(b"old")
ROOT = HELLO[0]
LINK = b"\xd8\x2a\x58\x25\x00" + ROOT


def headed(header: bytes) -> bytes:
    return forge.uvarint(len(header)) + header


def test_blocks_are_read_in_their_order_with_their_own_cids():
    car = forge.car(ROOT, WORLD, HELLO, OLD, HELLO)
    assert read_header(car) == (Cid.of(RAW, b"hello"),)
    hello = (Cid.of(RAW, b"hello"), b"hello")
    world = (Cid.of(DAG_PB, b"world"), b"world")
    old = (Cid(0, DAG_PB, Cid.of(DAG_PB, b"old").digest), b"old")
    assert list(read_blocks(car)) == [world, hello, old, hello]


def test_writing_gives_what_is_read():
    blocks = [(Cid.of(RAW, b"x" * 200), b"x" * 200), (Cid.of(DAG_PB, b""), b"")]
    roots = [cid for cid, _ in blocks]
    car = write_car(roots, blocks)
    assert car == headed(forge.header(*(root.binary for root in roots))) + b"".join(
        forge.section(cid.binary, block) for cid, block in blocks
    )
    assert read_header(car) == tuple(roots)
    assert list(read_blocks(car)) == blocks


@pytest.mark.parametrize("count", [0, 1, 23, 24, 90])
def test_any_sensible_number_of_roots(count: int):
    roots = tuple(Cid.of(RAW, bytes([number])) for number in range(count))
    assert read_header(write_car(roots, [])) == roots


def test_a_car_without_blocks_is_read():
    assert list(read_blocks(forge.car(ROOT))) == []


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (b"\xa0", "no version"),
        (b"\xa1\x65roots\x80", "no version"),
        (b"\xa1\x67version\x01", "no roots"),
        (b"\xa2\x67version\x01\x65roots\x80", "canonical order"),
        (b"\xa2\x65roots\x80\x65roots\x80", "canonical order"),
        (b"\xa3\x65roots\x80\x67version\x01\x68whatever\x01", "other than"),
        (b"\xa2\x65rootz\x80\x67version\x01", "other than"),
        (b"\xa1\x62\xc3\xa4\x01", "other than"),
        (b"\xa2\x65roots\x80\x67version\x61x", "a number is expected"),
        (b"\xa2\x65roots\x80\x67version\x20", "a number is expected"),
        (b"\xa2\x65roots\xa0\x67version\x01", "a list is expected"),
        (b"\xa2\x65roots\x81\x01\x67version\x01", "a tag is expected"),
        (b"\x82\x01\x02", "a map is expected"),
        (b"\xa2\x01\x02\x03\x04", "a text is expected"),
        (b"\xa2\x65roots\x81\xd8\x2b\x41\x00\x67version\x01", "tag other than 42"),
        (b"\xa2\x65roots\x81\xd8\x2a\x61x\x67version\x01", "bytes is expected"),
        (b"\xa2\x65roots\x81\xd8\x2a\x58\x24" + ROOT + b"\x67version\x01", "zero byte"),
        (b"\xa2\x65roots\x81\xd8\x2a\x40\x67version\x01", "zero byte"),
        (b"\xbf\x65roots\x80\x67version\x01\xff", "indefinite"),
        (b"\xa2\x65roots\x9f\xff\x67version\x01", "indefinite"),
        (b"\xa2\x65roots\x80\x67version\x1c", "indefinite or reserved"),
        (b"\xa2\x65roots\x80\x67version\x18\x01", "shortest form"),
        (b"\xa2\x65roots\x80\x67version\x19\x00\x01", "shortest form"),
        (b"\xb8\x02\x65roots\x80\x67version\x01", "shortest form"),
        (b"\xa2\x65roots\x81\xd9\x00\x2a\x58\x25\x00" + ROOT + b"\x67version\x01", "shortest form"),
        (b"\xa2\x65roots\x80\x67version\x01\x00", "bytes follow"),
        (b"\xa2\x65roots\x80\x67versi", "cut off"),
        (b"\xa2\x65roots\x81\xd8\x2a\x58\x25\x00" + ROOT[:-1], "cut off"),
        (b"\xa2\x65roots\x9b\xff\xff\xff\xff\xff\xff\xff\xff", "cut off"),
        (b"\xa2\x65roots\x80\x67version\x19\x01", "cut off"),
    ],
)
def test_header_refusals(header: bytes, reason: str):
    with refused(MALFORMED_CAR_HEADER, reason):
        read_header(headed(header))


@pytest.mark.parametrize("version", [0, 2, 23])
def test_only_version_1(version: int):
    with refused(UNSUPPORTED_CAR_VERSION, f"version {version};"):
        read_header(headed(b"\xa2\x65roots\x80\x67version" + bytes([version])))


def test_a_carv2_is_recognised_by_its_pragma():
    with refused(UNSUPPORTED_CAR_VERSION, "version 2"):
        read_header(b"\x0a\xa1\x67version\x02" + bytes(40))


def test_a_long_header_is_not_even_read():
    with refused(MALFORMED_CAR_HEADER, "limit of 4096"):
        read_header(forge.uvarint(MAX_HEADER_BYTES + 1))


def test_bad_root_cids_are_refused_as_cids():
    sha512 = b"\x00\x01\x55\x13\x20" + bytes(32)
    with pytest.raises(UnsupportedHash):
        read_header(headed(b"\xa2\x65roots\x81\xd8\x2a\x58\x25" + sha512 + b"\x67version\x01"))


@pytest.mark.parametrize(
    ("car", "error"),
    [
        (b"", TRUNCATED_VARINT),
        (b"\x00", EMPTY_SECTION),
        (b"\x05\xa2", TruncatedCar),
        (b"\xb8\x00" + bytes(56), OVERLONG_VARINT),
        (forge.car(ROOT) + b"\x00", EMPTY_SECTION),
        (forge.car(ROOT, HELLO) + b"\x00", EMPTY_SECTION),
        (forge.car(ROOT, HELLO) + b"\x80", TRUNCATED_VARINT),
        (forge.car(ROOT, HELLO) + b"\xa9\x00" + ROOT + b"hello", OVERLONG_VARINT),
        (forge.car(ROOT, HELLO) + b"\x03abc", DemlError),
        (forge.car(ROOT, HELLO)[:-1], TruncatedCar),
        (forge.car(ROOT) + b"\x23" + ROOT[:-1], TRUNCATED_CID),
        (forge.car(ROOT, (ROOT, b"hellO")), WrongBlockHash),
        (forge.car(ROOT, HELLO, (ROOT, b"")), WrongBlockHash),
        (forge.car(ROOT, (b"\x01\x55\x00\x05hello", b"")), UnsupportedHash),
    ],
)
def test_block_refusals(car: bytes, error: Refusal | type[DemlError]):
    with refused(error):
        list(read_blocks(car))


def test_every_cut_of_a_car_is_noticed_or_ends_between_blocks():
    car = forge.car(ROOT, HELLO, WORLD)
    ends = {len(forge.car(ROOT)), len(forge.car(ROOT, HELLO)), len(car)}
    for end in range(len(car) + 1):
        if end in ends:
            list(read_blocks(car[:end]))
        else:
            with pytest.raises((TruncatedCar, MalformedVarint)):
                list(read_blocks(car[:end]))


def test_a_wrong_block_is_not_yielded_but_those_before_it_are():
    blocks = read_blocks(forge.car(ROOT, HELLO, (WORLD[0], b"mud")))
    assert next(blocks)[1] == b"hello"
    with pytest.raises(WrongBlockHash) as caught:
        next(blocks)
    assert caught.value.cid == str(Cid.decode(WORLD[0]))
    assert caught.value.offset == len(forge.car(ROOT, HELLO))


def test_too_many_blocks():
    car = forge.car(ROOT, HELLO, HELLO, WORLD)
    assert len(list(read_blocks(car, max_blocks=3))) == 3
    with refused(TOO_MANY_BLOCKS, "more than 2 blocks"):
        list(read_blocks(car, max_blocks=2))
