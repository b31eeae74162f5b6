"""Directories of UnixFS, written from the specification's text, apart from what reads them."""

from __future__ import annotations

from collections.abc import Mapping

from deml.ipld import Cid
from deml.ipld.cid import DAG_PB
from deml.ipld.protobuf import bytes_field, number_field
from deml.ipld.writer import file_blocks

Blocks = list[tuple[Cid, bytes]]


def directory_blocks(tree: Mapping[str, object]) -> tuple[Cid, Blocks]:
    """Root and blocks of a directory; a value is a file's bytes, or a directory again."""
    blocks: Blocks = []
    links = b""
    for name, value in sorted(tree.items()):
        if isinstance(value, Mapping):
            cid, inner = directory_blocks(value)
        else:
            assert isinstance(value, bytes)
            cid, made = file_blocks(value)
            inner = list(made)
        blocks += inner
        size = sum(len(block) for _, block in inner)
        links += bytes_field(2, bytes_field(1, cid.binary) + bytes_field(2, name.encode()) + number_field(3, size))
    block = links + bytes_field(1, number_field(1, 1))
    root = Cid.of(DAG_PB, block)
    return root, [*blocks, (root, block)]
