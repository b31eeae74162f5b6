"""How much is computed at once: what lies between takes the memory of a block, however much there is to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

BLOCK_NUMBERS: Final = 2**17
"""Numbers of a block: a mebibyte in float64. Larger ones save no calls of numpy that would show."""


def rows_at_once(width: int) -> int:
    """How many rows of `width` numbers are a block; at least one."""
    return max(1, BLOCK_NUMBERS // max(1, width))


def blocks(rows: int, width: int = 1) -> Iterator[slice]:
    """Cut `rows` of `width` numbers into blocks, one after another."""
    step = rows_at_once(width)
    return (slice(start, min(start + step, rows)) for start in range(0, rows, step))
