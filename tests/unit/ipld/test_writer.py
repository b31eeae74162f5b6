from __future__ import annotations

import pytest

from deml.ipld import Cid, file_car, file_cid, read_file
from deml.ipld.car import read_blocks, read_header
from deml.ipld.cid import DAG_PB, RAW
from deml.ipld.writer import KUBO_CID_V1, Profile, file_blocks
from tests.unit.ipld import forge

CHUNK = KUBO_CID_V1.chunk_bytes


@pytest.mark.parametrize(
    ("data", "cid"),
    [
        # As `ipfs add --cid-version=1` and ipfs-unixfs-importer (npm) give them.
        (b"hello world", "bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"),
        (b"", "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku"),
        (bytes(CHUNK), "bafkreiekhhjkxu4ztk3tyng3er3ijhg56mb44oe3gwbgquhzu4afrg2ksa"),
        (bytes(CHUNK + 1), "bafybeigllfqgfpqydppr6cmv56g7ax4wyhruzswvcefv6j5kj77nzttfki"),
        (bytes(1_000_000), "bafybeidide6lpcdutn3we5vvypssfhlq2n265w6dygwj37fyeklhlmfi34"),
    ],
)
def test_known_cids(data: bytes, cid: str):
    assert str(file_cid(data)) == cid


def test_a_small_file_is_its_bare_block():
    car = file_car(b"hello world")
    assert read_header(car) == (file_cid(b"hello world"),)
    assert list(read_blocks(car)) == [(file_cid(b"hello world"), b"hello world")]


@pytest.mark.parametrize(("size", "codec"), [(0, RAW), (CHUNK, RAW), (CHUNK + 1, DAG_PB)])
def test_a_node_is_made_only_for_more_than_one_chunk(size: int, codec: int):
    assert file_cid(bytes(size)).codec == codec


def test_a_two_level_tree_by_hand():
    data = b"aabbccdde"
    aa, bb, cc, dd, e = (forge.v1(forge.RAW, chunk) for chunk in (b"aa", b"bb", b"cc", b"dd", b"e"))

    def inner(*children: tuple[tuple[bytes, bytes], int, int]) -> tuple[bytes, bytes]:
        links = tuple(forge.link(child[0], tsize=tsize) for child, _, tsize in children)
        sizes = tuple(size for _, size, _ in children)
        return forge.v1(forge.DAG_PB, forge.node(links, forge.unixfs(filesize=sum(sizes), sizes=sizes)))

    left = inner((aa, 2, 2), (bb, 2, 2), (cc, 2, 2))
    right = inner((dd, 2, 2), (e, 1, 1))
    root = inner((left, 6, len(left[1]) + 6), (right, 3, len(right[1]) + 3))
    profile = Profile(chunk_bytes=2, width=3)
    assert file_cid(data, profile).binary == root[0]
    assert file_car(data, profile) == forge.car(root[0], root, left, aa, bb, cc, right, dd, e)


def test_equal_chunks_are_written_once():
    profile = Profile(chunk_bytes=2, width=2)
    root, blocks = file_blocks(b"ab" * 8, profile)
    assert len(blocks) == 4
    assert read_file(file_car(b"ab" * 8, profile), root, 16) == b"ab" * 8


@pytest.mark.parametrize("size", [0, 1, 2, 6, 7, 18, 19, 55, 200])
def test_what_is_written_is_read(size: int):
    data = bytes(range(size))
    profile = Profile(chunk_bytes=2, width=3)
    root, blocks = file_blocks(data, profile)
    car = file_car(data, profile)
    assert root == file_cid(data, profile) == read_header(car)[0]
    assert list(read_blocks(car)) == list(blocks)
    assert blocks[0][0] == root
    assert all(Cid.of(cid.codec, block) == cid for cid, block in blocks)
    assert read_file(car, root, size) == data


@pytest.mark.parametrize(("chunk_bytes", "width"), [(0, 2), (-1, 2), (1, 1), (1, 0)])
def test_profiles_without_a_tree_cannot_be_built(chunk_bytes: int, width: int):
    with pytest.raises(ValueError, match="no tree"):
        Profile(chunk_bytes, width)
