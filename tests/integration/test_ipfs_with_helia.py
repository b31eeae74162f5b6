"""Files of 0 B to 20 MB go between Helia, a JavaScript IPFS node, and ours: as CARs, and over HTTP through a gateway.

Each file goes both ways: Helia fetches from our gateway what our client published, and our client fetches what Helia
added, however that was cut.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from deml.ipld import Cid, file_car, file_cid
from deml.ipld.writer import KUBO_CID_V1, Profile
from deml_sdk.ipfs.gateway import Gateway
from deml_sdk.ipfs.kubo import Kubo
from tests.support.helia import helia
from tests.support.ipfs_peers import LOOPBACK, Peer, content_store, serving_peer

CHUNK = KUBO_CID_V1.chunk_bytes
SIZES = (0, 1, CHUNK, CHUNK + 1, 1_000_000, 5_000_000, 20_000_000)
LIMIT = 2**25


@dataclass(frozen=True)
class Dag:
    """A way to cut a file that is not ours."""

    name: str
    size: int = 3_000_000
    profile: Profile = KUBO_CID_V1
    cid_version: int = 1
    raw_leaves: bool = True
    trickle: bool = False


FOREIGN = (
    Dag("version 0, dag-pb leaves", cid_version=0, raw_leaves=False),
    Dag("version 0, one dag-pb block", size=1_000, cid_version=0, raw_leaves=False),
    Dag("version 0, raw leaves", cid_version=0),
    Dag("version 1, dag-pb leaves", raw_leaves=False),
    Dag("unixfs-v1-2025", profile=Profile(chunk_bytes=2**20, width=1024)),
    Dag("1024 links a node", size=1_100_000, profile=Profile(chunk_bytes=1_000, width=1024)),
    Dag("binary tree", size=300_000, profile=Profile(chunk_bytes=4_096, width=2)),
    Dag("trickle", size=1_000_000, profile=Profile(chunk_bytes=10_000, width=4), trickle=True),
    Dag("trickle, dag-pb leaves", profile=Profile(chunk_bytes=65_536, width=16), raw_leaves=False, trickle=True),
)


def content(size: int) -> bytes:
    return random.Random(size).randbytes(size)


def adding(dag: Dag, folder: Path) -> dict[str, Any]:
    source = folder / f"{dag.size}"
    source.write_bytes(content(dag.size))
    return {
        "do": "add",
        "file": str(source),
        "chunkBytes": dag.profile.chunk_bytes,
        "width": dag.profile.width,
        "cidVersion": dag.cid_version,
        "rawLeaves": dag.raw_leaves,
        "trickle": dag.trickle,
        "car": str(folder / f"{dag.name}.car"),
    }


@pytest.fixture(scope="module")
def peer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Peer]:
    with serving_peer(tmp_path_factory.mktemp("peer")) as served:
        yield served


@pytest.fixture(scope="module")
def theirs(peer: Peer, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """CIDs of what Helia added, by name; the blocks are put into the peer."""
    folder = tmp_path_factory.mktemp("helia")
    dags = (*FOREIGN, *(Dag(str(size), size=size) for size in SIZES))
    roots = helia([adding(dag, folder) for dag in dags])
    for dag in dags:
        peer.blocks.import_car((folder / f"{dag.name}.car").read_bytes())
    return {dag.name: root for dag, root in zip(dags, roots, strict=True)}


@pytest.mark.parametrize("size", SIZES)
def test_helia_and_we_give_a_file_the_same_cid(theirs: dict[str, str], size: int):
    assert theirs[str(size)] == str(file_cid(content(size)))


@pytest.mark.parametrize("dag", FOREIGN, ids=lambda dag: dag.name)
def test_a_file_that_helia_cut_otherwise_is_fetched(peer: Peer, theirs: dict[str, str], dag: Dag, tmp_path: Path):
    gateway = Gateway(peer.url, LOOPBACK)
    assert theirs[dag.name] != str(file_cid(content(dag.size)))
    assert content_store(tmp_path, gateway).fetch(Cid.parse(theirs[dag.name]), LIMIT) == content(dag.size)
    gateway.close()


@pytest.mark.parametrize("size", SIZES)
def test_a_file_that_helia_added_is_fetched(peer: Peer, theirs: dict[str, str], size: int, tmp_path: Path):
    gateway = Gateway(peer.url, LOOPBACK)
    assert content_store(tmp_path, gateway).fetch(Cid.parse(theirs[str(size)]), LIMIT) == content(size)
    gateway.close()


def test_helia_fetches_from_our_gateway_what_we_published(tmp_path: Path):
    with serving_peer(tmp_path / "peer") as peer:
        node = Kubo(peer.rpc)
        roots = [node.add(content(size)) for size in SIZES]
        node.close()
        jobs = [
            {"do": "fetch", "gateway": peer.url, "cid": str(root), "out": str(tmp_path / f"{size}")}
            for root, size in zip(roots, SIZES, strict=True)
        ]
        assert helia(jobs) == list(SIZES)
    for size in SIZES:
        assert (tmp_path / f"{size}").read_bytes() == content(size)


def test_helia_imports_our_cars(tmp_path: Path):
    jobs = []
    for size in SIZES:
        packed = tmp_path / f"{size}.car"
        packed.write_bytes(file_car(content(size)))
        out = str(tmp_path / f"{size}.out")
        jobs.append({"do": "import", "car": str(packed), "cid": str(file_cid(content(size))), "out": out})
    assert helia(jobs) == list(SIZES)
    for size in SIZES:
        assert (tmp_path / f"{size}.out").read_bytes() == content(size)
