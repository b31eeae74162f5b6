"""How much memory the dapp may take, so that taking too much is an exception and not the end of a process."""

from __future__ import annotations

import os
import resource
from pathlib import Path
from typing import Final

from deml.base.limits import MAX_ENDED_BYTES, MAX_RESERVED_BYTES, MAX_WORKING_BYTES
from deml.shell.errors import MachineTooSmall

OTHERS: Final = 96 * 2**20
"""Bytes of RAM that the dapp leaves to Linux, its page cache and page tables, init, and the parent process, which takes
20 MiB. What Linux itself takes when it starts is not in its count of the RAM."""

TO_COME: Final = MAX_RESERVED_BYTES + MAX_WORKING_BYTES + MAX_ENDED_BYTES
"""Bytes that the dapp may come to need after its start."""

_SIZES: Final = Path("/proc/self/statm")


def ram() -> int:
    """Bytes of RAM that Linux counts."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def limit_memory(total: int, to_come: int = TO_COME) -> None:
    """Limit this process's address space to `total` bytes less `OTHERS`.

    An address space holds more than is ever touched, so the kernel's OOM killer stays away from it. To be called when
    all is imported and has done some work: OpenBLAS ends the process if it cannot have its working memory.

    Raises
    ------
    MachineTooSmall
        If so much leaves no room for `to_come` bytes more.
    """
    taken = int(_SIZES.read_text(encoding="ascii").split()[0]) * os.sysconf("SC_PAGE_SIZE")
    needed = taken + to_come + OTHERS
    if total < needed:
        raise MachineTooSmall(total, needed)
    limit = total - OTHERS
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
