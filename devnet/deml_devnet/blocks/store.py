"""Blocks on disk, by digest: written whole or not at all, and never believed without their hash."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Final

from deml.ipld import Cid, dag_pb
from deml.ipld.car import read_blocks, read_header
from deml.ipld.cid import DAG_PB
from deml.ipld.errors import WrongBlockHash
from deml_devnet.blocks.errors import BlockNotStored, DagTooLarge

MAX_BLOCKS: Final = 100_000
"""Most blocks below one root that are given out at once: 25 GiB in default chunks."""


_PINS: Final = "pins"
"""Folder of the notes which files are to be kept. Nothing is ever thrown away here; IPFS nodes would."""


class BlockFolder:
    """A folder of blocks; the first two characters of a digest name a folder in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def has(self, cid: Cid) -> bool:
        """Whether a block is stored."""
        return self._path(cid).is_file()

    def get(self, cid: Cid) -> bytes:
        """Read a block.

        Raises
        ------
        BlockNotStored
        WrongBlockHash
            If the disk no longer holds what was written.
        """
        try:
            block = self._path(cid).read_bytes()
        except FileNotFoundError:
            raise BlockNotStored(str(cid)) from None
        if sha256(block).digest() != cid.digest:
            raise WrongBlockHash(str(cid), 0)
        return block

    def put(self, cid: Cid, block: bytes) -> None:
        """Write a block, which must hash to `cid`."""
        path = self._path(cid)
        if path.is_file():
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=".")
        with os.fdopen(descriptor, "wb") as file:
            file.write(block)
        os.replace(draft, path)

    def import_car(self, car: bytes) -> tuple[Cid, ...]:
        """Store the blocks of a CAR, each checked, and return its roots.

        Raises
        ------
        DemlError
            What is wrong with the CAR; the blocks before the fault are kept.
        """
        roots = read_header(car)
        for cid, block in read_blocks(car):
            self.put(cid, block)
        return roots

    def walk(self, root: Cid) -> Iterator[tuple[Cid, bytes]]:
        """Yield the blocks of a file or folder, the root first, then depth first, each once.

        Raises
        ------
        BlockNotStored, DagTooLarge
        DemlError
            If a dag-pb block is malformed.
        """
        seen: set[Cid] = set()
        pending = [root]
        while pending:
            cid = pending.pop()
            if cid.v1() in seen:
                continue
            seen.add(cid.v1())
            if len(seen) > MAX_BLOCKS:
                raise DagTooLarge(str(root), MAX_BLOCKS)
            block = self.get(cid)
            yield cid, block
            if cid.codec == DAG_PB:
                pending += reversed(dag_pb.decode(memoryview(block), cid, MAX_BLOCKS).links)

    def pin(self, cid: Cid, name: str = "") -> None:
        """Note that a file is to be kept."""
        folder = self._folder / _PINS
        folder.mkdir(parents=True, exist_ok=True)
        (folder / str(cid)).write_text(name)

    def unpin(self, cid: Cid) -> bool:
        """Take the note away; tell whether there was one."""
        with contextlib.suppress(FileNotFoundError):
            (self._folder / _PINS / str(cid)).unlink()
            return True
        return False

    def pins(self) -> dict[str, str]:
        """Names of the files to be kept, by CID."""
        return {path.name: path.read_text() for path in sorted((self._folder / _PINS).glob("*"))}

    def _path(self, cid: Cid) -> Path:
        name = cid.digest.hex()
        return self._folder / name[:2] / name
