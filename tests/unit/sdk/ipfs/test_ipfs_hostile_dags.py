"""Files whose graphs of blocks are made to exhaust who fetches them."""

from __future__ import annotations

import random
from pathlib import Path

from deml.base.errors import DemlError
from deml.ipld import Cid, dag_pb, unixfs
from deml.ipld.cid import DAG_PB, RAW
from deml.ipld.errors import (
    MalformedBlock,
    OversizedFile,
    UnusualLayout,
)
from deml.ipld.protobuf import bytes_field
from deml_sdk.ipfs.errors import (
    EndlessAnswer,
    OversizedDag,
)
from deml_sdk.ipfs.gateway import Gateway
from tests.support.ipfs_peers import (
    LOOPBACK,
    content_store,
    serving_peer,
)
from tests.unit.sdk.ipfs.test_ipfs_hostile_peers import LIMIT, failure


def serve_dag(blocks: dict[Cid, bytes], root: Cid, tmp_path: Path) -> DemlError:
    """What becomes of a hostile tree of sound blocks, from gateways that agree on it."""
    with serving_peer(tmp_path / "peer") as peer:
        peer.give(list(blocks.items()))
        first, second = Gateway(peer.url, LOOPBACK), Gateway(peer.url, LOOPBACK)
        caught = failure(content_store(tmp_path / "home", first, second), root)
        first.close()
        second.close()
    return caught


def node(links: list[Cid], sizes: list[int]) -> tuple[Cid, bytes]:
    block = dag_pb.encode([(link, 1) for link in links], unixfs.encode_file(sizes))
    return Cid.of(DAG_PB, block), block


def test_deep_dag(tmp_path: Path):
    cid = Cid.of(RAW, b"x")
    blocks = {cid: b"x"}
    for _ in range(100):
        cid, block = node([cid], [1])
        blocks[cid] = block
    assert isinstance(serve_dag(blocks, cid, tmp_path), UnusualLayout)


def test_dag_that_folds_a_huge_tree_into_few_blocks(tmp_path: Path):
    cid, size = Cid.of(RAW, b""), 0
    blocks = {cid: b""}
    for _ in range(8):
        cid, block = node([cid] * 60, [size] * 60)
        blocks[cid] = block
    assert isinstance(serve_dag(blocks, cid, tmp_path), UnusualLayout)


def test_dag_that_claims_to_be_small(tmp_path: Path):
    leaves = [random.Random(place).randbytes(2**20) for place in range(8)]
    blocks = {Cid.of(RAW, leaf): leaf for leaf in leaves}
    root, block = node(list(blocks), [1] * len(leaves))
    assert isinstance(serve_dag(blocks | {root: block}, root, tmp_path), MalformedBlock)


def test_dag_that_claims_to_be_huge(tmp_path: Path):
    root, block = node([Cid.of(RAW, b"x")], [2**60])
    assert isinstance(serve_dag({root: block}, root, tmp_path), OversizedFile)


def test_dag_of_nodes_that_hold_nothing_but_ballast(tmp_path: Path):
    time_of_change = 8
    blocks = {}
    for place in range(12):
        ballast = bytes_field(time_of_change, random.Random(place).randbytes(2**19))
        block = dag_pb.encode([], unixfs.encode_file([]) + ballast)
        blocks[Cid.of(DAG_PB, block)] = block
    root, block = node(list(blocks), [0] * len(blocks))
    assert isinstance(serve_dag(blocks | {root: block}, root, tmp_path), EndlessAnswer | OversizedDag)
    kept = sum(path.stat().st_size for path in (tmp_path / "home").rglob("*") if path.is_file())
    assert kept <= 2 * LIMIT + 2**20
