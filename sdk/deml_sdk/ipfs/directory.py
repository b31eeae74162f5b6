"""Directories of UnixFS, as results of compute networks are published: what lies in one block, by name.

https://specs.ipfs.tech/unixfs/; a directory that is spread over several blocks (HAMT) is refused by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from deml.ipld import Cid
from deml.ipld.cid import DAG_PB, RAW
from deml.ipld.errors import MalformedBlock
from deml.ipld.protobuf import BYTES, NUMBER, fields
from deml_sdk.ipfs.errors import NotADirectory

MAX_ENTRIES: Final = 10_000
"""Most names in a directory: a block of 2 MiB holds some 40,000."""

_DATA, _LINKS = 1, 2
_HASH, _NAME = 1, 2
_DIRECTORY: Final = 1
_KINDS: Final = ("a raw leaf", "a directory", "a file", "metadata", "a symlink", "a directory in several blocks")

FetchBlock = Callable[[Cid], bytes]
"""Get a block that hashes to a CID."""


def entries(block: bytes, cid: Cid) -> Mapping[str, Cid]:
    """Read the names in a directory's only block, and what they lead to.

    Raises
    ------
    NotADirectory
    MalformedBlock
    DemlError
        What varints and CIDs raise.
    """
    if cid.codec != DAG_PB:
        raise NotADirectory(str(cid), "a raw leaf" if cid.codec == RAW else "no UnixFS")
    view = memoryview(block)
    links: list[tuple[str, Cid]] = []
    kind: int | None = None
    for number, wire, start, end in fields(view, 0, cid):
        if wire != BYTES or number not in (_DATA, _LINKS):
            raise MalformedBlock(str(cid), f"it has a field {number} of wire type {wire}")
        if number == _DATA:
            kind = _kind(view[:end], start, cid)
        else:
            if len(links) == MAX_ENTRIES:
                raise MalformedBlock(str(cid), f"it has more than {MAX_ENTRIES} links")
            links.append(_link(view[:end], start, cid))
    if kind != _DIRECTORY:
        raise NotADirectory(str(cid), _KINDS[kind] if kind is not None and kind < len(_KINDS) else "no UnixFS")
    found = dict(links)
    if len(found) < len(links):
        raise MalformedBlock(str(cid), "it has a name twice")
    return found


def resolve(root: Cid, path: Sequence[str], block: FetchBlock) -> Cid | None:
    """Follow names from a directory; None where one is not there.

    Raises
    ------
    NotADirectory, MalformedBlock
    DemlError
        What fetching a block raises.
    """
    place = root.v1()
    for name in path:
        found = entries(block(place), place).get(name)
        if found is None:
            return None
        place = found
    return place


def _kind(data: memoryview, start: int, cid: Cid) -> int | None:
    return next((value for number, wire, _, value in fields(data, start, cid) if (number, wire) == (1, NUMBER)), None)


def _link(message: memoryview, start: int, cid: Cid) -> tuple[str, Cid]:
    parts = {
        number: bytes(message[begin:end]) for number, wire, begin, end in fields(message, start, cid) if wire == BYTES
    }
    if _HASH not in parts:
        raise MalformedBlock(str(cid), "a link has no CID")
    try:
        name = parts.get(_NAME, b"").decode()
    except UnicodeDecodeError:
        raise MalformedBlock(str(cid), "a name is no UTF-8") from None
    return name, Cid.decode(memoryview(parts[_HASH])).v1()
