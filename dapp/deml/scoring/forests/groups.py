"""Forests made ready for `sets`: trees in groups, their nodes in places, their leaves' values by paths."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.forests.keys import keys_below
from deml.scoring.forests.rows import FEATURE_SHIFT, ROW_BITS
from deml.scoring.forests.splits import Splits
from deml.scoring.indexing import counts

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

MAX_LEVELS: Final = 8
"""Most levels: a path is a byte."""

GROUP_SLOTS: Final = 16_384
"""Most places for nodes on one level of a group of trees, and most nodes of a group: their sets take 2 MiB. Each group
looks at all its lines anew."""

LINES_AT_ONCE: Final = 64
"""How many lines are looked at together: half a mebibyte."""

CYCLES_PER_LINE: Final = 80
CYCLES_TO_SORT: Final = 105
CYCLES_PER_TREE: Final = 32
CYCLES_PER_PLACE: Final = 1
"""What a row costs for each line, where it must be sorted first, for each tree and for each place in a tree, counted on
an emulated riscv64 processor in blocks of 1,000 rows."""


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for in some of the lines.

    Attributes
    ----------
    features
        Whose lines they are: places among those that there are.
    needles
        For every split, the least number in its feature's line that turns right, or what would stand in its place.
    slots
        Every split's place among those of all levels.
    """

    features: Integers
    needles: Integers
    slots: Integers


@dataclass(frozen=True, slots=True)
class Level:
    """One level of a group: `width` places for splits of each tree, and what comes to them.

    That is all children of the level above, left ones first, if `chosen` is None, else these of them.
    """

    width: int
    chosen: Integers | None


@dataclass(frozen=True, slots=True)
class TreeGroup:
    """Some trees, and the leaves' values by paths: those of tree t begin at ``t << len(levels)``.

    `values` has two outputs in a complex number, so that they are fetched and added at once; the last may be alone.
    """

    trees: int
    levels: tuple[Level, ...]
    searches: tuple[Search, ...]
    values: tuple[NDArray[Any], ...]


def cycles(lines: int, trees: int, splits: int, depth: int, *, to_sort: bool = False) -> int:
    """Count what a row costs, but for its leaves' values.

    Each line once for each group of trees, each tree once, and the places of each tree: as many on a level as there can
    be in trees of `splits` nodes that split, for the trees of a group need not be alike.
    """
    places = sum(min(1 << level, splits - level) for level in range(min(depth, splits)))
    groups = -(-trees // max(1, GROUP_SLOTS // max(1, splits)))
    of_lines = lines * (groups * CYCLES_PER_LINE + to_sort * CYCLES_TO_SORT)
    return of_lines + trees * (CYCLES_PER_TREE + CYCLES_PER_PLACE * places)


def groups_of(splits: Splits, lines: Integers, values: Array) -> tuple[TreeGroup, ...]:
    """Put a forest into groups; no tree is deeper than `MAX_LEVELS`.

    Parameters
    ----------
    lines
        For every feature, the number of its line; only those of features on which a node splits matter.
    values
        What each node adds to each output, rounded for exact sums: outputs by nodes.
    """
    place = np.full(splits.trees * splits.nodes, -1, np.int64)
    place[splits.node] = np.arange(len(splits.node), dtype=np.int64)
    return tuple(_group(splits, place, lines, values, trees) for trees in _similar_trees(splits))


def _similar_trees(splits: Splits) -> Iterator[Integers]:
    """Cut a forest into groups of trees of about one size, the largest first."""
    sizes = counts(splits.node // splits.nodes, splits.trees)
    order = np.argsort(-sizes, kind="stable").astype(np.int64)
    start = 0
    while start < len(order):
        largest = max(1, int(sizes[order[start]]))
        stop = start + max(1, GROUP_SLOTS // largest)
        yield order[start:stop]
        start = stop


def _group(splits: Splits, place: Integers, lines: Integers, columns: Array, trees: Integers) -> TreeGroup:
    """Follow all trees of a group down, level by level; what is listed below is in the order of `tree`."""
    count, every = len(trees), np.arange(len(trees), dtype=np.int64)
    tree, node, path, child = every, trees * splits.nodes, np.zeros(count, np.int64), every
    levels: list[Level] = []
    found, slots, ends = [], [], []
    begun, room = 0, 1
    while True:
        split = place[node]
        if split.min() < 0:
            ends.append((tree, path, node))  # where one goes on, its leftmost leaf has the same path, and comes later
            on = split >= 0
            tree, split, path, child = tree[on], split[on], path[on], child[on]
        if not len(tree):
            break
        in_tree = counts(tree, count)
        width, slot, chosen = room, child, None
        if 5 * int(in_tree.max()) <= 4 * room:  # else the gaps cost less than closing them
            width = int(in_tree.max())
            slot = np.arange(len(tree), dtype=np.int64) - (np.cumsum(in_tree, dtype=np.int64) - in_tree)[tree]
            slot *= count
            slot += tree
            chosen = np.zeros(width * count, np.int64)
            chosen[slot] = child
        found.append(split)
        slots.append(slot + begun)
        node = _alternate(splits.left[split], splits.right[split])
        path = _alternate(path, path + (1 << len(levels)))
        child = _alternate(slot, slot + width * count)
        tree = _alternate(tree, tree)
        levels.append(Level(width, chosen))
        begun, room = begun + width * count, 2 * width

    leaf = np.zeros(count << len(levels), np.int64)
    for tree, path, node in ends:
        leaf[(tree << len(levels)) + path] = node
    values = _pairs([column[leaf] for column in columns])
    searches = _searches(splits, lines, found, slots)
    return TreeGroup(count, tuple(levels), searches, values)


def _alternate(first: Integers, second: Integers) -> Integers:
    both = np.empty(2 * len(first), np.int64)
    both[::2], both[1::2] = first, second
    return both


def _pairs(columns: list[Array]) -> tuple[NDArray[Any], ...]:
    made: list[NDArray[Any]] = []
    for number in range(0, len(columns) - 1, 2):
        pair = np.empty(len(columns[0]), np.complex128)
        pair.real, pair.imag = columns[number : number + 2]
        made.append(pair)
    return (*made, *columns[len(columns) - len(columns) % 2 :])


def _searches(splits: Splits, lines: Integers, found: list[Integers], slots: list[Integers]) -> tuple[Search, ...]:
    """Cut the splits of a group up by the lines that they ask, so many lines at once."""
    if not found:
        return ()
    split, slot = np.concatenate(found), np.concatenate(slots)
    feature = splits.feature[split].astype(np.int64)
    needles = keys_below(splits.threshold[split])
    needles += 1
    needles <<= ROW_BITS
    needles += feature << FEATURE_SHIFT
    line = lines[feature]
    asked = counts(line).nonzero()[0].astype(np.int64)
    if len(asked) <= LINES_AT_ONCE:
        return (Search(asked, needles, slot),)
    made = []
    for start in range(0, len(asked), LINES_AT_ONCE):
        part = asked[start : start + LINES_AT_ONCE]
        here = (line >= part[0]) & (line <= part[-1])
        made.append(Search(part, needles[here], slot[here]))
    return tuple(made)
