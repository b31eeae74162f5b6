"""From a file to its CID and its CAR, as ``ipfs add --cid-version=1`` makes them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from deml.ipld import dag_pb, unixfs
from deml.ipld.car import write_car
from deml.ipld.cid import DAG_PB, RAW, Cid


@dataclass(frozen=True, slots=True)
class Profile:
    """How a file is cut: the length of its chunks in bytes, and the most links of a node, at least 2."""

    chunk_bytes: int
    width: int

    def __post_init__(self) -> None:
        if self.chunk_bytes < 1 or self.width < 2:
            raise ValueError(f"a profile with chunks of {self.chunk_bytes} bytes and width {self.width} has no tree")


KUBO_CID_V1: Final = Profile(chunk_bytes=262_144, width=174)
"""What ``ipfs add --cid-version=1`` does by default. ``unixfs-v1-2025`` (IPIP-499) is another one: 1 MiB and 1,024."""


@dataclass(frozen=True, slots=True)
class _Subtree:
    """A block and what it leads to; `size` counts bytes of the file, `dag_size` those of all blocks."""

    cid: Cid
    block: bytes | memoryview
    size: int
    dag_size: int
    children: tuple[_Subtree, ...] = ()


def file_cid(data: bytes, profile: Profile = KUBO_CID_V1) -> Cid:
    """CID of a file."""
    return _balanced(data, profile).cid


def file_car(data: bytes, profile: Profile = KUBO_CID_V1) -> bytes:
    """CARv1 of a file: equal bytes for equal files, the root first, then depth first, each block once."""
    root = _balanced(data, profile)
    return write_car([root.cid], _depth_first(root))


def file_blocks(data: bytes, profile: Profile = KUBO_CID_V1) -> tuple[Cid, Sequence[tuple[Cid, bytes]]]:
    """CID of a file, and its blocks in the order of `file_car`."""
    root = _balanced(data, profile)
    return root.cid, [(cid, bytes(block)) for cid, block in _depth_first(root)]


def _balanced(data: bytes, profile: Profile) -> _Subtree:
    """Build the tree level by level: all leaves are equally deep, and only the last node of a level may be unfilled."""
    view = memoryview(data)
    step = profile.chunk_bytes
    level = [_leaf(view[start : start + step]) for start in range(0, len(view), step)] or [_leaf(view)]
    while len(level) > 1:
        level = [_node(level[start : start + profile.width]) for start in range(0, len(level), profile.width)]
    return level[0]


def _leaf(chunk: memoryview) -> _Subtree:
    return _Subtree(Cid.of(RAW, chunk), chunk, len(chunk), len(chunk))


def _node(children: Sequence[_Subtree]) -> _Subtree:
    links = [(child.cid, child.dag_size) for child in children]
    block = dag_pb.encode(links, unixfs.encode_file([child.size for child in children]))
    size = sum(child.size for child in children)
    dag_size = len(block) + sum(child.dag_size for child in children)
    return _Subtree(Cid.of(DAG_PB, block), block, size, dag_size, tuple(children))


def _depth_first(root: _Subtree) -> Iterator[tuple[Cid, bytes | memoryview]]:
    seen: set[Cid] = set()
    pending = [root]
    while pending:
        subtree = pending.pop()
        if subtree.cid in seen:
            continue
        seen.add(subtree.cid)
        yield subtree.cid, subtree.block
        pending += reversed(subtree.children)
