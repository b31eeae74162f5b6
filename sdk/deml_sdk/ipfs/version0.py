"""CIDs as ``ipfs add`` has made them for years unless told otherwise: version 0, with leaves that are dag-pb nodes."""

from __future__ import annotations

from dataclasses import dataclass

from deml.ipld import Cid, dag_pb, unixfs
from deml.ipld.cid import DAG_PB
from deml.ipld.protobuf import bytes_field, number_field
from deml.ipld.writer import KUBO_CID_V1

_TYPE, _DATA, _FILE_SIZE = 1, 2, 3
_FILE = 2


@dataclass(frozen=True, slots=True)
class _Node:
    """`size` counts bytes of the file, `dag_size` those of all blocks."""

    cid: Cid
    size: int
    dag_size: int


def version0_cid(content: bytes) -> Cid:
    """Compute the CID that ``ipfs add`` gives a file by default: ``Qm...``."""
    step, width = KUBO_CID_V1.chunk_bytes, KUBO_CID_V1.width
    level = [_leaf(content[start : start + step]) for start in range(0, len(content), step)] or [_leaf(b"")]
    while len(level) > 1:
        level = [_parent(level[start : start + width]) for start in range(0, len(level), width)]
    return Cid(0, DAG_PB, level[0].cid.digest)


def _leaf(chunk: bytes) -> _Node:
    data = bytes_field(_DATA, chunk) if chunk else b""
    message = b"".join((number_field(_TYPE, _FILE), data, number_field(_FILE_SIZE, len(chunk))))
    block = dag_pb.encode([], message)
    return _Node(Cid(0, DAG_PB, Cid.of(DAG_PB, block).digest), len(chunk), len(block))


def _parent(children: list[_Node]) -> _Node:
    sizes = [child.size for child in children]
    block = dag_pb.encode([(child.cid, child.dag_size) for child in children], unixfs.encode_file(sizes))
    cid = Cid(0, DAG_PB, Cid.of(DAG_PB, block).digest)
    return _Node(cid, sum(sizes), len(block) + sum(child.dag_size for child in children))
