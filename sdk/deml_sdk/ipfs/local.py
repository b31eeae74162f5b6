"""Blocks on this disk: copies of what came from elsewhere, so that nothing is fetched twice or lost in a crash.

Nothing here is served to anybody. What is read is checked as if a stranger had sent it; a damaged block counts as
missing.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from hashlib import sha256
from pathlib import Path
from threading import Event
from typing import Final

from deml.ipld import Cid
from deml.ipld.errors import WrongBlockHash
from deml.ipld.writer import file_blocks
from deml_sdk.errors import BlockNotFound
from deml_sdk.ipfs.dag import FileDag
from deml_sdk.ipfs.errors import StoreFailed
from deml_sdk.ipfs.interface import Blocks

_DRAFT_PREFIX: Final = "."


class LocalStore:
    """A folder of blocks by digest; the first two digits of a digest name a folder in it.

    Parameters
    ----------
    folder
        Where they lie; made, for the owner only, when first written to.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.name = f"the local store {folder}"

    def stream(self, root: Cid, max_bytes: int, cancel: Event) -> Blocks:
        """Yield the blocks of a file that are here; see `BlockSource`."""
        tree = FileDag(root, max_bytes)
        block = self.block(tree.root)
        tree.take(tree.root, block)
        yield tree.root, block
        pending = True
        while pending and not cancel.is_set():
            pending = False
            for cid in tree.wanted:
                if (found := self.find(cid)) is not None:
                    tree.take(cid, found)
                    yield cid, found
                    pending = True

    def block(self, cid: Cid) -> bytes:
        """Get one block; see `BlockSource`."""
        found = self.find(cid)
        if found is None:
            raise BlockNotFound(str(cid), self.name)
        return found

    def find(self, cid: Cid) -> bytes | None:
        """Read a block; None where it is missing or damaged.

        Raises
        ------
        StoreFailed
        """
        try:
            block = self._path(cid).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StoreFailed(str(self._folder), error.strerror or str(error)) from error
        return block if sha256(block).digest() == cid.digest else None

    def has(self, cid: Cid) -> bool:
        """Tell whether a block is here, whole; see `BlockStore`."""
        return self.find(cid) is not None

    def put(self, cid: Cid, block: bytes) -> None:
        """Write a block, whole or not at all; one that is there and sound is left alone.

        Raises
        ------
        WrongBlockHash
            If it does not hash to `cid`.
        StoreFailed
        """
        if sha256(block).digest() != cid.digest:
            raise WrongBlockHash(str(cid), 0)
        if self.find(cid) is None:
            try:
                self._write(self._path(cid), block)
            except OSError as error:
                raise StoreFailed(str(self._folder), error.strerror or str(error)) from error

    def add(self, content: bytes) -> Cid:
        """Keep a file; see `BlockStore`."""
        root, blocks = file_blocks(content)
        for cid, block in blocks:
            self.put(cid, block)
        return root

    def check(self) -> str:
        """Tell how much is here."""
        files = [path for path in self._folder.glob("??/*") if not path.name.startswith(_DRAFT_PREFIX)]
        size = sum(path.stat().st_size for path in files)
        return f"{self.name}, {len(files):,} blocks of {size:,} bytes"

    def close(self) -> None:
        """Do nothing: no file stays open."""

    def _path(self, cid: Cid) -> Path:
        name = cid.digest.hex()
        return self._folder / name[:2] / name

    @staticmethod
    def _write(path: Path, block: bytes) -> None:
        """Write beside, then rename. What a power cut may tear all the same, reading finds out: no need to sync."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, draft = tempfile.mkstemp(dir=path.parent, prefix=_DRAFT_PREFIX)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(block)
            os.replace(draft, path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(draft)
            raise
