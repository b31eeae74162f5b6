"""One contract for all that has blocks: the local store, a Kubo node by its RPC, a trustless gateway.

Kubo's side is played by the devnet's block store (`tests/support/ipfs_peers.py`); real Kubo and real Helia have their
say in ``tests/integration/test_ipfs_with_helia.py`` and ``test_ipld_against_kubo.py``.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import pytest

from deml.base.errors import DemlError
from deml.ipld import Cid, file_cid
from deml.ipld.cid import DAG_PB
from deml.ipld.errors import OversizedFile
from deml.ipld.writer import KUBO_CID_V1, Profile, file_blocks
from deml_sdk.errors import BlockNotFound, ServiceUnreachable
from deml_sdk.ipfs.gateway import Gateway
from deml_sdk.ipfs.interface import BlockSource, BlockStore, IpfsBlock
from deml_sdk.ipfs.kubo import Kubo
from deml_sdk.ipfs.local import LocalStore
from tests.support.ipfs_peers import LOOPBACK, content_store, serving_peer

CHUNK = KUBO_CID_V1.chunk_bytes
SIZES = (0, 1, CHUNK, CHUNK + 1, 3_000_000)
LIMIT = 2**22
KINDS = ("local", "kubo", "gateway")


def content(size: int) -> bytes:
    return random.Random(size).randbytes(size)


@dataclass
class Subject:
    """A source under test, and the way to put blocks into it behind its back, and to spoil them there."""

    source: BlockSource
    give: Callable[[list[IpfsBlock]], None]
    folder: Path

    def path(self, cid: Cid) -> Path:
        name = cid.digest.hex()
        return self.folder / name[:2] / name


@pytest.fixture(params=KINDS)
def subject(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Subject]:
    folder = tmp_path / "source"
    if request.param == "local":
        local = LocalStore(folder)
        yield Subject(local, lambda blocks: [local.put(*one) for one in blocks] and None, folder)
        return
    with serving_peer(folder) as peer:
        source = Gateway(peer.url, LOOPBACK) if request.param == "gateway" else Kubo(peer.rpc)
        yield Subject(source, peer.give, folder)
        source.close()


def given(subject: Subject, data: bytes, profile: Profile = KUBO_CID_V1) -> Cid:
    root, blocks = file_blocks(data, profile)
    subject.give(list(blocks))
    return root


@pytest.mark.parametrize("size", SIZES)
def test_a_file_comes_whole(subject: Subject, tmp_path: Path, size: int):
    root = given(subject, content(size))
    assert content_store(tmp_path / "home", subject.source).fetch(root, LIMIT) == content(size)


def test_a_stream_begins_with_the_root_and_brings_every_block(subject: Subject):
    root = given(subject, content(3_000_000))
    blocks = list(subject.source.stream(root, LIMIT, Event()))
    assert blocks[0][0] == root
    assert dict(blocks) == dict(file_blocks(content(3_000_000))[1])


def test_every_block_can_be_had_alone(subject: Subject):
    given(subject, content(600_000))
    for cid, block in file_blocks(content(600_000))[1]:
        assert subject.source.block(cid) == block


def test_a_block_of_many_small_ones_comes_whole(subject: Subject, tmp_path: Path):
    profile = Profile(chunk_bytes=100, width=3)
    root = given(subject, content(10_001), profile)
    assert content_store(tmp_path / "home", subject.source).fetch(root, LIMIT) == content(10_001)


def test_a_version_0_cid_names_the_same_file(subject: Subject, tmp_path: Path):
    root = given(subject, content(600_000))
    old = Cid(0, DAG_PB, root.digest)
    assert content_store(tmp_path / "home", subject.source).fetch(old, LIMIT) == content(600_000)


def test_what_is_not_there_is_not_found(subject: Subject, tmp_path: Path):
    absent = file_cid(b"absent")
    with pytest.raises(BlockNotFound, match=str(absent)):
        subject.source.block(absent)
    with pytest.raises(BlockNotFound, match=str(absent)):
        list(subject.source.stream(absent, LIMIT, Event()))
    with pytest.raises(BlockNotFound, match=str(absent)):
        content_store(tmp_path / "home", subject.source).fetch(absent, LIMIT)


def test_a_block_that_is_missing_in_the_middle_is_named(subject: Subject, tmp_path: Path):
    data = content(600_000)
    root, blocks = file_blocks(data)
    lost = blocks[2][0]
    subject.give([one for one in blocks if one[0] != lost])
    store = content_store(tmp_path / "home", subject.source)
    with pytest.raises(DemlError) as caught:
        store.fetch(root, LIMIT)
    assert str(lost) in str(caught.value)
    subject.give([one for one in blocks if one[0] == lost])
    assert store.fetch(root, LIMIT) == data


def test_a_spoilt_block_never_comes_through(subject: Subject, tmp_path: Path):
    root = given(subject, content(600_000))
    leaf = file_blocks(content(600_000))[1][1][0]
    subject.path(leaf).write_bytes(b"something else")
    with pytest.raises(DemlError):
        subject.source.block(leaf)
    with pytest.raises(DemlError):
        content_store(tmp_path / "home", subject.source).fetch(root, LIMIT)


def test_a_file_above_the_limit_is_refused_by_its_root(subject: Subject, tmp_path: Path):
    root = given(subject, content(3_000_000))
    store = content_store(tmp_path / "home", subject.source)
    with pytest.raises(OversizedFile):
        store.fetch(root, 2_999_999)
    assert store.local.find(root) is None


def test_it_says_what_answers(subject: Subject):
    assert subject.source.name in subject.source.check()


@pytest.mark.parametrize("kind", ["kubo", "local"])
@pytest.mark.parametrize("size", SIZES)
def test_a_file_that_is_added_has_our_cid_and_comes_back(kind: str, size: int, tmp_path: Path):
    with serving_peer(tmp_path / "source") as peer:
        store: BlockStore = Kubo(peer.rpc) if kind == "kubo" else LocalStore(tmp_path / "local")
        root = store.add(content(size))
        assert root == file_cid(content(size))
        assert content_store(tmp_path / "home", store).fetch(root, LIMIT) == content(size)
        store.close()


def test_nobody_there(tmp_path: Path):
    for source in (Gateway("http://127.0.0.1:9", LOOPBACK), Kubo("http://127.0.0.1:9/api/v0")):
        with pytest.raises(ServiceUnreachable):
            content_store(tmp_path, source).fetch(file_cid(b"x"), LIMIT)
        with pytest.raises(ServiceUnreachable):
            source.check()
