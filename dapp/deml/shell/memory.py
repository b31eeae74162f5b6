"""How much memory the dapp may take, so that taking too much is an exception and not the end of a process."""

from __future__ import annotations

import os
import resource
from typing import Final

OTHERS: Final = 64 * 2**20
"""Bytes of RAM that the dapp leaves to Linux, its page cache and page tables, init, and the parent process. What Linux
itself takes when it starts is not in its count of the RAM."""


def ram() -> int:
    """Bytes of RAM that Linux counts."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def limit_memory(total: int) -> None:
    """Limit this process's address space to `total` bytes less `OTHERS`.

    An address space holds more than is ever touched, so the kernel's OOM killer stays away from it. To be called when
    all is imported and has done some work: OpenBLAS ends the process if it cannot have its working memory.
    """
    limit = max(0, total - OTHERS)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
