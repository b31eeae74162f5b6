"""Rows made ready for forests: as keys that can be compared, or as features sorted, block by block."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.blocks import blocks
from deml.scoring.forests.keys import KEY_BITS, LARGEST_KEY, keys_of

Integers = NDArray[np.int64]

BLOCK_ROWS: Final = 1_024
"""Most rows of a block of lines: 16 words of 64."""

ROW_BITS: Final = 11
ROW: Final = 2**ROW_BITS - 1
"""The lowest bits of a number in a line: a row of the block."""

FEATURE_SHIFT: Final = KEY_BITS + ROW_BITS

NOBODY: Final = BLOCK_ROWS
"""The row of the number that ends a line."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Features as keys, one column after another: ``keys[feature, row]``."""

    keys: NDArray[np.uint32]

    def __len__(self) -> int:
        """Count the rows."""
        return int(self.keys.shape[1])

    def __getitem__(self, part: slice) -> Keys:
        """Take some of the rows."""
        return Keys(self.keys[:, part])

    def blocks(self, features: Integers) -> Iterator[RowBlock]:
        """Sort some features, block by block."""
        for rows in _even_blocks(len(self)):
            yield _sorted(rows, features, partial(_chosen, self.keys[:, rows]))


@dataclass(frozen=True, slots=True)
class RowBlock:
    """Some rows, each feature of theirs as a line: ``feature, key, row`` in one integer, ascending.

    A line ends with a number above all keys, whose row is `NOBODY`. Only rows from `start` to `stop` are meant.
    """

    lines: Integers
    start: int
    stop: int

    @property
    def rows(self) -> int:
        """How many rows are meant."""
        return self.stop - self.start

    def some(self, features: Integers) -> Integers:
        """Take the lines of some features, with no other rows than those that are meant, counted from 0."""
        lines: Integers = self.lines if len(features) == len(self.lines) else self.lines[features]
        if self.rows == lines.shape[1] - 1:
            return lines
        row = lines & ROW
        kept = (row >= self.start) & ((row < self.stop) | (row == NOBODY))
        fewer: Integers = lines[kept].reshape(len(lines), -1) - self.start
        fewer[:, -1] += self.start
        return fewer


@dataclass(frozen=True, slots=True)
class Lines:
    """Rows from `start` to `stop` of those in some blocks."""

    whole: tuple[RowBlock, ...]
    start: int
    stop: int

    def __len__(self) -> int:
        """Count the rows."""
        return self.stop - self.start

    def __getitem__(self, part: slice) -> Lines:
        """Take some of the rows."""
        start, stop, _ = part.indices(len(self))
        return Lines(self.whole, self.start + start, self.start + max(start, stop))

    def blocks(self) -> Iterator[RowBlock]:
        """Take the rows that are meant, block by block."""
        before = 0
        for block in self.whole:
            start, stop = max(self.start - before, 0), min(self.stop - before, block.rows)
            if start < stop:
                yield RowBlock(block.lines, start, stop)
            before += block.rows


def keys(x: NDArray[Any]) -> Keys:
    """Make rows by features comparable as integers."""
    made = np.empty((x.shape[1], len(x)), np.uint32)
    for part in blocks(len(x), x.shape[1]):
        made[:, part] = keys_of(x[part].T)
    return Keys(made)


def lines(x: NDArray[Any]) -> Lines:
    """Sort every feature of rows by features."""
    features = np.arange(x.shape[1], dtype=np.int64)
    parts = (_sorted(rows, features, partial(_made, x[rows])) for rows in _even_blocks(len(x)))
    return Lines(tuple(parts), 0, len(x))


def _chosen(keys: NDArray[np.uint32], features: Integers) -> NDArray[np.uint32]:
    return keys[features]


def _made(x: NDArray[Any], features: Integers) -> NDArray[np.uint32]:
    return keys_of(x[:, int(features[0]) : int(features[-1]) + 1].T)


def _even_blocks(rows: int) -> Iterator[slice]:
    """Cut rows into as few blocks as there can be, of about one size: each costs something, however small."""
    step = -(-rows // -(-rows // BLOCK_ROWS))
    return (slice(start, min(start + step, rows)) for start in range(0, rows, step))


def _sorted(rows: slice, features: Integers, keys: Callable[[Integers], NDArray[np.uint32]]) -> RowBlock:
    """Make a block; `keys` gives those of some features, neighbours among `features`, features by rows."""
    count = rows.stop - rows.start
    made = np.empty((len(features), count + 1), np.int64)
    row = np.append(np.arange(count, dtype=np.int64), NOBODY)
    for part in blocks(len(features), count):
        lines = made[part]
        lines[:, :-1] = keys(features[part])
        lines[:, -1] = LARGEST_KEY
        lines <<= ROW_BITS
        lines += row
        lines += (features[part] << FEATURE_SHIFT)[:, None]
        lines.sort(axis=1)
    return RowBlock(made, 0, count)
