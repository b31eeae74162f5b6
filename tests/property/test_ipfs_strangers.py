"""Bytes from strangers: a CAR reads the same in whatever pieces it arrives, and all else ends in a named error."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deml.base.errors import DemlError
from deml.ipld import Cid, file_car, file_cid, read_file
from deml.ipld.car import read_blocks, write_car
from deml.ipld.writer import Profile, file_blocks
from deml_sdk.ipfs import car_stream
from deml_sdk.ipfs.dag import FileDag
from deml_sdk.ipfs.gateway import Gateway
from tests.support.ipfs_peers import HASTY, LOOPBACK, Script, Send, content_store, playing

NARROW = Profile(chunk_bytes=50, width=3)
DATA = random.Random(1).randbytes(2_000)
ROOT = file_cid(DATA, NARROW)
CAR = file_car(DATA, NARROW)
LIMIT = 10_000


def pieces(data: bytes, cuts: list[int]) -> Iterator[bytes]:
    """Cut data into pieces of these lengths, again and again; empty ones too."""
    start, place = 0, 0
    while start < len(data):
        end = start + cuts[place % len(cuts)]
        yield data[start:end]
        start, place = end, place + 1


CUTS = st.lists(st.integers(0, 300), min_size=1, max_size=5).filter(any)


@given(CUTS)
def test_a_car_reads_the_same_in_whatever_pieces_it_arrives(cuts: list[int]):
    assert list(car_stream.read_blocks(pieces(CAR, cuts), ROOT)) == list(read_blocks(CAR))


@given(st.binary(max_size=200), st.integers(0, len(CAR)), st.integers(0, 100), CUTS)
def test_a_spoilt_car_gives_sound_blocks_or_a_named_error(noise: bytes, start: int, removed: int, cuts: list[int]):
    spoilt = CAR[:start] + noise + CAR[start + removed :]
    sound = dict(read_blocks(CAR))
    try:
        for cid, block in car_stream.read_blocks(pieces(spoilt, cuts), ROOT):
            assert Cid.of(cid.codec, block) == cid
            assert cid in sound or noise
    except DemlError:
        pass


@given(st.binary(max_size=2_000), CUTS)
def test_noise_is_no_car(noise: bytes, cuts: list[int]):
    with pytest.raises(DemlError):
        list(car_stream.read_blocks(pieces(noise, cuts), ROOT))


@given(st.integers(0, 3_000), st.integers(40, 400), st.integers(2, 6), st.randoms(use_true_random=False))
def test_a_tree_grows_to_the_file_in_whatever_order_its_blocks_come(
    size: int, chunk_bytes: int, width: int, order: random.Random
):
    data = random.Random(size).randbytes(size)
    root, blocks = file_blocks(data, Profile(chunk_bytes, width))
    there = dict(blocks)
    tree = FileDag(root, LIMIT)
    while tree.wanted:
        cid = order.choice(tree.wanted)
        assert tree.take(cid, there[cid])
        assert not tree.take(cid, there[cid])
    assert set(tree.here) == set(there)
    assert read_file(write_car([root], [(cid, there[cid]) for cid in tree.here]), root, LIMIT) == data


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from([b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 302 Found\r\nlocation: ", b"HTTP/1.1 200 OK\r\n\r\n"]),
    st.binary(max_size=300),
)
def test_whatever_a_server_answers_has_a_named_error(head: bytes, noise: bytes):
    def part(_script: Script, _path: str, send: Send) -> None:
        send(head + noise)

    with playing(part) as script, tempfile.TemporaryDirectory() as home, pytest.raises(DemlError):
        content_store(Path(home), Gateway(script.url, LOOPBACK, HASTY)).fetch(ROOT, LIMIT)
