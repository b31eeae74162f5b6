"""From a CAR to the bytes of one UnixFS file, every block checked against its CID."""

from __future__ import annotations

from typing import Final

from deml.ipld import car as cars
from deml.ipld import dag_pb, unixfs
from deml.ipld.cid import DAG_PB, RAW, Cid
from deml.ipld.errors import (
    MalformedBlock,
    MissingBlock,
    OversizedFile,
    SurplusBlock,
    UnusualLayout,
    WrongCarRoot,
)
from deml.ipld.unixfs import FilePart

MAX_DEPTH: Final = 64
"""Most levels below the root. Balanced and trickle layouts of any width from 2 on stay far below it."""

SPARE_BLOCKS: Final = 256
BYTES_PER_BLOCK: Final = 8_192
"""A file of n bytes may take ``256 + n / 8192`` blocks, counted as often as they are used. By `benchmarks/bench_cid.py`
and the machine's price of a bytecode, a block costs about what hashing 2 KiB does; so all of them stay the smaller part
of the work, and a DAG that folds a huge tree into a few blocks is found out early. IPFS software makes chunks of
256 KiB or 1 MiB."""


def max_blocks(max_bytes: int) -> int:
    """Most blocks in the tree of a file of `max_bytes`."""
    return SPARE_BLOCKS + max_bytes // BYTES_PER_BLOCK


def read_file(car: bytes, root: Cid, max_bytes: int) -> bytes:
    """Read the file `root` out of a CAR that holds its blocks and no others, in any order.

    Chunks and width are free; leaves may be raw or dag-pb; version 0 and 1 of a CID are the same content. Time and
    memory grow linearly with the CAR and `max_bytes`.

    Parameters
    ----------
    car
        A CARv1 whose first root is `root`.
    root
        The file wanted.
    max_bytes
        Longest file accepted.

    Raises
    ------
    WrongCarRoot, MissingBlock, SurplusBlock
        If the CAR is not of this file, or not all or more than it.
    OversizedFile, UnusualLayout
        If the file exceeds a limit.
    NotAFile, MalformedBlock
        If a block is no sound part of a file.
    DemlError
        What `deml.ipld.car.scan`, varints, CIDs and protobuf raise.
    """
    root = root.v1()
    blocks = _index(car, root, max_blocks(max_bytes))
    parts: list[memoryview] = []
    used: set[Cid] = set()
    links_left = max_blocks(max_bytes) - 1
    pending: list[tuple[Cid, int | None, int]] = [(root, None, 0)]
    while pending:
        cid, declared, depth = pending.pop()
        if depth > MAX_DEPTH:
            raise too_deep(cid)
        links, part = _open(blocks, cid, links_left)
        links_left -= len(links)
        _check_size(cid, part, declared, max_bytes)
        used.add(cid)
        parts.append(part.inline)
        pending += zip(reversed(links), reversed(part.block_sizes), [depth + 1] * len(links), strict=True)
    for cid in blocks:
        if cid not in used:
            raise SurplusBlock(str(cid))
    return b"".join(parts)


def _index(car: bytes, root: Cid, limit: int) -> dict[Cid, memoryview]:
    roots = cars.read_header(car)
    if not roots or roots[0].v1() != root:
        raise WrongCarRoot(str(root), str(roots[0]) if roots else "not given")
    return {cid.v1(): block for cid, block in cars.scan(car, limit)}


def _open(blocks: dict[Cid, memoryview], cid: Cid, links_left: int) -> tuple[tuple[Cid, ...], FilePart]:
    if cid.codec not in (RAW, DAG_PB):
        raise alien(cid)
    block = blocks.get(cid)
    if block is None:
        raise MissingBlock(str(cid))
    if cid.codec == RAW:
        return (), FilePart(block, (), None)
    node = dag_pb.decode(block, cid, links_left)
    if node.data is None:
        raise without_data(cid)
    return node.links, unixfs.decode(node.data, node.data_start, cid, len(node.links))


def _check_size(cid: Cid, part: FilePart, declared: int | None, max_bytes: int) -> None:
    """Hold a block to what it and the block above it say; going down from the root, that adds up to the file's size."""
    size = len(part.inline) + sum(part.block_sizes)
    if part.size not in (None, size):
        raise mismatch(cid, part.size, size)
    if declared is None and size > max_bytes:
        raise OversizedFile(str(cid), size, max_bytes)
    if declared not in (None, size):
        raise mismatch(cid, declared, size)


def too_deep(cid: Cid) -> UnusualLayout:
    """Say that a block lies too far below the root of its file."""
    return UnusualLayout(f"{cid} lies more than {MAX_DEPTH} levels below the root")


def alien(cid: Cid) -> MalformedBlock:
    """Say that a file has no blocks of this kind."""
    return MalformedBlock(
        str(cid), f"it has the codec {cid.codec:#x}, and files are of raw (0x55) and dag-pb (0x70) ones"
    )


def without_data(cid: Cid) -> MalformedBlock:
    """Say that a node has no UnixFS part."""
    return MalformedBlock(str(cid), "its UnixFS part is missing")


def mismatch(cid: Cid, declared: int, actual: int) -> MalformedBlock:
    """Say that a block holds more or less of the file than it, or the block above it, says."""
    return MalformedBlock(str(cid), f"it should hold {declared} bytes of the file, but it holds {actual}")
