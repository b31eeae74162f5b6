"""Python's guard against endless recursion, kept while a library is imported that takes it away.

py_ecc, which the Ethereum libraries import, raises the limit to 100,000 calls. Deeply nested JSON from strangers would
then end the process instead of raising `RecursionError`.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def recursion_limit_kept() -> Iterator[None]:
    """Put the limit back to what it was."""
    limit = sys.getrecursionlimit()
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)
