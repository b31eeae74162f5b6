"""Forests by sets of rows: a word says for 64 rows at once what becomes of them at a node (docs/adr/0034).

Where features are sorted, the rows that turn right at a node are those at the end of its feature's line: a binary
search finds from where on. All such sets of a block are made by giving each row's bit to the first set that it is not
in any more, and accumulating. Then sets of rows go down the trees, level by level: right = here & above,
left = here ^ right; and all that turn right on a level, together, are one bit of each row's path. The path is the leaf.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.forests.groups import MAX_LEVELS, TreeGroup
from deml.scoring.forests.rows import BLOCK_ROWS, ROW, RowBlock
from deml.scoring.indexing import take_rows

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
BitWords = NDArray[np.uint64]

PAIRS: Final = 8_000
"""Values are summed for so many (row, tree) pairs at once: below 128 KiB, as in `walk`."""

_ALL: Final = np.uint64(2**64 - 1)
_BIT: Final = np.append(np.uint64(1) << (np.arange(BLOCK_ROWS, dtype=np.uint64) & np.uint64(63)), np.uint64(0))
"""Bit of a row in its word; nobody has none."""
_BITS: Final = np.unpackbits(np.arange(256, dtype=np.uint8)[:, None], axis=1, bitorder="little")
_SPREAD: Final = [(_BITS << level).view(np.uint64).reshape(-1) for level in range(MAX_LEVELS)]
"""Eight rows' bits as bit number `level` of eight bytes: cheaper than to unpack them."""
_NOBODYS_WORD: Final = BLOCK_ROWS >> 6


@dataclass(frozen=True, slots=True)
class Sets:
    """A forest in groups of trees."""

    groups: tuple[TreeGroup, ...]
    outputs: int

    def sums(self, blocks: Iterable[RowBlock]) -> Array:
        """Sum the values of the leaves that rows come to: rows by outputs."""
        return np.concatenate([self._of(block) for block in blocks])

    def _of(self, block: RowBlock) -> Array:
        sums = np.zeros((block.rows, self.outputs))
        for group in self.groups:
            _add_values(group, _paths(group, block), sums)
        return sums


def _paths(group: TreeGroup, block: RowBlock) -> NDArray[np.uint8]:
    """The way of every row, a byte a row, the root's turn in bit 0: trees by rows, and some more that are nobody."""
    words = block.rows + 63 >> 6
    if not group.levels:
        return np.zeros((group.trees, 64 * words), np.uint8)
    sets, which = _above(group, block, words)
    turns = np.empty((len(group.levels), group.trees, words), "<u8")
    widest = max(level.width for level in group.levels)
    reach = np.empty((2 * widest, group.trees, words), np.uint64)
    reach[0] = _ALL
    begun = 0
    for number, level in enumerate(group.levels):
        slots = level.width * group.trees
        if level.chosen is not None and number:
            reach = _fetched(reach, level.chosen, np.empty((2 * widest, group.trees, words), np.uint64))
        here = reach[: level.width]
        right = _fetched(sets, which[begun : begun + slots], reach[level.width :])[: level.width]
        right &= here
        np.bitwise_or.reduce(right, axis=0, out=turns[number])
        if number + 1 < len(group.levels):
            here ^= right
        begun += slots
    return _bytes(turns)


def _bytes(turns: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """Put the bits of all levels into one byte a row."""
    eights = turns.view(np.uint8)
    paths = _SPREAD[0][eights[0].astype(np.int64)]
    for level in range(1, len(eights)):
        paths |= _SPREAD[level][eights[level].astype(np.int64)]
    return np.asarray(paths.view(np.uint8))


def _fetched(sets: BitWords, which: Integers, out: BitWords) -> BitWords:
    """Put the sets `which` into `out`, in order; single words are fetched at a sixth of the price of rows."""
    words = sets.shape[-1]
    if words == 1:
        out.reshape(-1)[: len(which)] = sets.reshape(-1)[which]
    else:
        take_rows(sets.reshape(-1, words), which, out.reshape(-1, words)[: len(which)])
    return out


def _above(group: TreeGroup, block: RowBlock, words: int) -> tuple[BitWords, Integers]:
    """Make all sets of rows that turn right, and say which each slot has; the first, for no split, is empty."""
    which = np.zeros(sum(level.width for level in group.levels) * group.trees, np.int64)
    parts: list[BitWords] = []
    before = 0
    for search in group.searches:
        lines = block.some(search.features)
        line = lines.reshape(-1)
        cut = line.searchsorted(search.needles).astype(np.int64)
        place = np.zeros(len(line), np.int64)
        place[cut] = words
        place[:: lines.shape[1]] = words
        np.cumsum(place, out=place)  # where the set of the rows from the last cut on begins
        begins = place[:: lines.shape[1]] // words
        which[search.slots] = place[cut] // words + before

        end = int(place[-1]) + words
        leaving = np.zeros(end + _NOBODYS_WORD + 1, np.uint64)
        row = line & ROW
        place += row >> 6
        np.add.at(leaving[words:], place, _BIT[row])  # a row is not in the set from the next cut on any more
        sets = leaving[:end].reshape(-1, words)
        sets[begins] ^= _ALL  # where a line begins, everybody is
        parts.append(np.bitwise_xor.accumulate(sets, axis=0, out=sets))
        before += len(sets)
    return parts[0] if len(parts) == 1 else np.concatenate(parts), which


def _add_values(group: TreeGroup, paths: NDArray[np.uint8], sums: Array) -> None:
    """Add the values of the leaves at the end of paths, trees by rows, to `sums`, rows by outputs."""
    depth, rows = len(group.levels), len(sums)
    begins = np.arange(group.trees, dtype=np.int64) << depth
    paths |= (begins & 0xFF).astype(np.uint8)[:, None]
    step = min(rows, max(1, PAIRS // group.trees))
    leaf = np.empty((step, group.trees), "<i8")
    leaf[:] = begins & ~0xFF
    lowest = leaf.view(np.uint8)[:, ::8]
    for start in range(0, rows, step):
        part = slice(start, min(start + step, rows))
        node = leaf[: part.stop - start]
        lowest[: len(node)] = paths[:, part].T
        for number, values in enumerate(group.values):
            total = values[node].sum(axis=1, dtype=values.dtype)
            sums[part, 2 * number : 2 * number + 2] += total.view(np.float64).reshape(len(node), -1)
