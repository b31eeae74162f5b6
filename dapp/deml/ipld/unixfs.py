"""The UnixFS message inside a dag-pb node: what the node is to a file system."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from deml.ipld import varint
from deml.ipld.cid import Cid
from deml.ipld.errors import MalformedBlock, NotAFile
from deml.ipld.protobuf import BYTES, NUMBER, fields, number_field
from deml.ipld.varint import PROTOBUF_BITS

_TYPE, _DATA, _FILE_SIZE, _BLOCK_SIZES, _HASH_TYPE, _FANOUT, _MODE, _MTIME = range(1, 9)
_WIRES: Final = {
    _TYPE: NUMBER,
    _DATA: BYTES,
    _FILE_SIZE: NUMBER,
    _HASH_TYPE: NUMBER,
    _FANOUT: NUMBER,
    _MODE: NUMBER,
    _MTIME: BYTES,
}

_FILE: Final = 2
_KINDS: Final = ("raw", "directory", "file", "metadata", "symlink", "sharded directory")
_FILE_KINDS: Final = ("raw", "file")


@dataclass(frozen=True, slots=True)
class FilePart:
    """A node of a file: bytes of its own, then those of its links, `block_sizes` each; `size` is their declared sum."""

    inline: memoryview
    block_sizes: tuple[int, ...]
    size: int | None


def decode(data: memoryview, start: int, cid: Cid, links: int) -> FilePart:
    """Read the message that begins at `start` and fills the rest of `data`, of the block `cid` with so many links.

    Mode and time of a file are accepted and dropped.

    Raises
    ------
    NotAFile
        At a directory, a symlink or the like.
    MalformedBlock
        At unknown or repeated fields, or unless there is one block size a link.
    DemlError
        What varints and protobuf raise.
    """
    numbers: dict[int, int] = {}
    inline = data[:0]
    sizes: list[int] = []
    seen: list[int] = []
    for number, wire, position, value in fields(data, start, cid):
        if number == _BLOCK_SIZES:
            more = [value] if wire == NUMBER else _packed(data[:value], position, cid, links)
            sizes += more
            if not more or len(sizes) > links:
                raise MalformedBlock(
                    str(cid), f"its UnixFS block sizes are an empty list, or more than its {links} links"
                )
            continue
        if _WIRES.get(number) != wire:
            raise MalformedBlock(str(cid), f"its UnixFS part has a field {number} of wire type {wire}")
        if number in seen:
            raise MalformedBlock(str(cid), f"its UnixFS part repeats the field {number}")
        seen.append(number)
        if number == _DATA:
            inline = data[position:value]
        elif wire == NUMBER:
            numbers[number] = value
    _check_kind(numbers.get(_TYPE), cid)
    if len(sizes) < links:
        raise MalformedBlock(str(cid), f"its UnixFS part gives {len(sizes)} block sizes for its {links} links")
    return FilePart(inline, tuple(sizes), numbers.get(_FILE_SIZE))


def encode_file(block_sizes: Sequence[int]) -> bytes:
    """Write the message of a file's inner node."""
    sizes = (number_field(_BLOCK_SIZES, size) for size in block_sizes)
    return b"".join((number_field(_TYPE, _FILE), number_field(_FILE_SIZE, sum(block_sizes)), *sizes))


def _check_kind(kind: int | None, cid: Cid) -> None:
    if kind is None:
        raise MalformedBlock(str(cid), "its UnixFS part has no type")
    if kind >= len(_KINDS):
        raise MalformedBlock(str(cid), f"its UnixFS part has the unknown type {kind}")
    if _KINDS[kind] not in _FILE_KINDS:
        raise NotAFile(str(cid), _KINDS[kind])


def _packed(data: memoryview, start: int, cid: Cid, limit: int) -> list[int]:
    """Read numbers written one behind the other, and stop after `limit` + 1."""
    numbers: list[int] = []
    while start < len(data) and len(numbers) <= limit:
        value, start = varint.decode(data, start, cid, PROTOBUF_BITS)
        numbers.append(value)
    return numbers
