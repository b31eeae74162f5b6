"""What wants files, and what has blocks: the interface between them. One contract suite holds for all behind it."""

from __future__ import annotations

from collections.abc import Callable, Generator
from threading import Event
from typing import Final, Protocol

from deml.ipld import Cid

IpfsBlock = tuple[Cid, bytes]
"""A block under its version 1 CID, to which it hashes."""

Blocks = Generator[IpfsBlock, None, None]
"""Blocks as they arrive; closing it gives the connection back."""

ReportProgress = Callable[[int, int | None], None]
"""Is told how many bytes of a file are here, and of how many; None as long as nobody knows."""

MAX_BLOCK_BYTES: Final = 2**21
"""Largest block that IPFS peers exchange (2 MiB, the limit of Bitswap and of Kubo)."""


def silent(_done: int, _total: int | None) -> None:
    """Report to nobody."""


class BlockSource(Protocol):
    """A place that has blocks. What it yields is checked: its word is not taken for anything."""

    @property
    def name(self) -> str:
        """What to call it in messages."""

    def stream(self, root: Cid, max_bytes: int, cancel: Event) -> Blocks:
        """Yield the blocks of a file of at most `max_bytes`, the root first; perhaps not all of them.

        Raises
        ------
        BlockNotFound
            If it does not have the root, or cannot stream.
        SourceFault, ServiceUnreachable
        DemlError
            What is wrong with the blocks it sent.
        """

    def block(self, cid: Cid) -> bytes:
        """Get one block.

        Raises
        ------
        BlockNotFound
        SourceFault, ServiceUnreachable
        """

    def check(self) -> str:
        """Tell what answers there.

        Raises
        ------
        ServiceUnreachable, BadAnswer
        """

    def close(self) -> None:
        """Close the connections."""


class BlockStore(BlockSource, Protocol):
    """A source to which files can be added."""

    def add(self, content: bytes) -> Cid:
        """Store a file under the CID that `deml.ipld.file_cid` gives it.

        Raises
        ------
        StoreFailed, ServiceUnreachable, BadAnswer
        """

    def has(self, cid: Cid) -> bool:
        """Tell whether a block is here; nobody else is asked.

        Raises
        ------
        StoreFailed, ServiceUnreachable
        """
