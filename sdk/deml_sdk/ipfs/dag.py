"""What is known of a file while its blocks come in: which are wanted next, and when it asks for too much.

`deml.ipld.read_file` has the last word on a complete file; this sees to it that a hostile tree is found out before its
blocks have been fetched.
"""

from __future__ import annotations

from collections.abc import Sequence

from deml.ipld import Cid, dag_pb, unixfs
from deml.ipld.cid import DAG_PB, RAW
from deml.ipld.errors import OversizedFile
from deml.ipld.reader import MAX_DEPTH, alien, max_blocks, mismatch, too_deep, without_data
from deml_sdk.ipfs.errors import OversizedDag, UnwantedBlock

SPARE_BYTES = 2**20
"""The blocks of a file of n bytes may have twice n and this: far more than its tree takes."""


def max_dag_bytes(max_bytes: int) -> int:
    """Most bytes in the blocks of a file of `max_bytes`."""
    return 2 * max_bytes + SPARE_BYTES


class FileDag:
    """Blocks of one file: those that are here, and those that are wanted.

    Parameters
    ----------
    root
        Of the file.
    max_bytes
        Longest file accepted.
    """

    def __init__(self, root: Cid, max_bytes: int) -> None:
        self.root = root.v1()
        self.total: int | None = None
        """Bytes of the file, as its root says; nothing vouches for it yet."""
        self.received = 0
        """Bytes in the blocks that are here."""
        self.max_bytes = max_bytes
        self._links_left = max_blocks(max_bytes) - 1
        self._here: dict[Cid, None] = {}
        self._wanted: dict[Cid, tuple[int, int | None]] = {}
        self._want(self.root, 0, None)

    @property
    def wanted(self) -> Sequence[Cid]:
        """Blocks that are missing and known to be; empty once the file is complete."""
        return tuple(self._wanted)

    @property
    def here(self) -> Sequence[Cid]:
        """Blocks that are here, in the order in which they came."""
        return tuple(self._here)

    def take(self, cid: Cid, block: bytes) -> bool:
        """Take in a block that hashes to `cid`; tell whether it is a new one.

        Raises
        ------
        UnwantedBlock
            If it is no part of the file, or comes before the block that links to it.
        OversizedFile, OversizedDag, UnusualLayout
            If the file exceeds a limit.
        NotAFile, MalformedBlock
            If it is no sound part of a file; it may hold more or less of the file than the block above it says.
        DemlError
            What varints, CIDs and protobuf raise.
        """
        cid = cid.v1()
        if cid in self._here:
            return False
        if cid not in self._wanted:
            raise UnwantedBlock(str(cid))
        self.received += len(block)
        if self.received > max_dag_bytes(self.max_bytes):
            raise OversizedDag(str(self.root), max_dag_bytes(self.max_bytes))
        depth, declared = self._wanted[cid]
        links, sizes, size = _read(cid, block, self._links_left)
        if declared not in (None, size):
            raise mismatch(cid, declared, size)
        if declared is None and size > self.max_bytes:
            raise OversizedFile(str(cid), size, self.max_bytes)
        self.total = size if declared is None else self.total
        self._links_left -= len(links)
        for link, expected in zip(links, sizes, strict=True):
            self._want(link, depth + 1, expected)
        del self._wanted[cid]
        self._here[cid] = None
        return True

    def _want(self, cid: Cid, depth: int, declared: int | None) -> None:
        if cid.codec not in (RAW, DAG_PB):
            raise alien(cid)
        if depth > MAX_DEPTH:
            raise too_deep(cid)
        if cid not in self._here:
            self._wanted.setdefault(cid, (depth, declared))


def _read(cid: Cid, block: bytes, links_left: int) -> tuple[tuple[Cid, ...], tuple[int, ...], int]:
    """Read which blocks hang below this one, how many bytes of the file each is said to hold, and it with them."""
    if cid.codec == RAW:
        return (), (), len(block)
    node = dag_pb.decode(memoryview(block), cid, links_left)
    if node.data is None:
        raise without_data(cid)
    part = unixfs.decode(node.data, node.data_start, cid, len(node.links))
    return node.links, part.block_sizes, len(part.inline) + sum(part.block_sizes)
