"""Rows walk down the trees level by level, all trees and many rows at once (docs/adr/0016)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.blocks import rows_at_once
from deml.scoring.forests.keys import KEY_BITS, LARGEST_KEY, keys_below
from deml.scoring.forests.rows import Keys
from deml.scoring.forests.splits import Splits

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

BLOCK_ELEMENTS: Final = 8_000
"""Rows are computed in blocks of at most so many (row, tree) pairs. Their nodes, of 16 bytes each, stay below 128 KiB,
from where on the C library's allocator fetches new pages from the kernel every time."""

CYCLES_PER_LEVEL: Final = 57
"""What a row costs for each level of each tree."""

_NODE: Final = np.dtype([("offset", np.int64), ("step", np.int64)])


@dataclass(frozen=True, slots=True)
class Walk:
    """All nodes of all trees in one sequence: first the roots, then every split's two children, side by side.

    A row at node n goes to ``(step[n] + key) >> 32``, where `key` is the row's key of the node's feature. The upper
    half of `step` is the left child; the lower half makes the sum carry if the key is above the threshold's. At a leaf
    the upper half is the leaf and the sum never carries.

    Attributes
    ----------
    features
        Those on which any node splits: the rows of a block.
    nodes
        `step`, and `offset`: where a node's feature begins in a block that is `width` rows wide.
    roots
        Numbers of the roots, deepest trees first.
    deeper
        For every level, how many trees go on below it.
    values
        What each node adds to each output: outputs by nodes.
    """

    features: Integers
    nodes: NDArray[np.void]
    roots: Integers
    deeper: tuple[int, ...]
    values: Array
    width: int

    def sums(self, rows: Keys) -> Array:
        """Sum the values of the leaves that rows come to: rows by outputs."""
        parts = []
        for start in range(0, len(rows), self.width):
            node = self._leaves(rows.keys[self.features, start : start + self.width])
            parts.append([column[node].sum(axis=0, dtype=np.float64) for column in self.values])
        return np.concatenate(parts, axis=1).T

    def _leaves(self, keys: NDArray[np.uint32]) -> Integers:
        """Go from the roots to the leaves, trees by rows; `keys` is features by rows."""
        rows = keys.shape[1]
        node = np.empty((len(self.roots), rows), np.int64)
        node[:] = self.roots[:, None]
        if not self.deeper:
            return node
        block = np.empty((len(keys), self.width), np.int64)
        block[:, :rows] = keys
        flat = block.reshape(-1)

        live = self.deeper[0]
        roots = self.nodes[self.roots[:live]]
        moved = block[roots["offset"] // self.width, :rows]
        moved += roots["step"][:, None]
        np.right_shift(moved, KEY_BITS, out=node[:live])
        row = np.tile(np.arange(rows, dtype=np.int64), (live, 1))
        for count in self.deeper[1:]:
            here = self.nodes[node[:count]]
            place = here["offset"] + row[:count]
            moved = flat[place]
            moved += here["step"]
            np.right_shift(moved, KEY_BITS, out=node[:count])
        return node


def walk_of(splits: Splits, depths: Integers, used: Integers, values: Array) -> Walk:
    """Renumber the nodes so that siblings stand side by side.

    Parameters
    ----------
    used
        Features on which any node splits.
    values
        What each node adds to each output, rounded for exact sums: outputs by nodes.
    """
    trees = splits.trees
    count = trees + 2 * len(splits.node)
    lefts = np.arange(trees, count, 2, dtype=np.int64)
    old = np.empty(count, np.int64)
    old[:trees] = np.arange(trees, dtype=np.int64) * splits.nodes
    old[trees::2], old[trees + 1 :: 2] = splits.left, splits.right
    new = np.full(trees * splits.nodes, count, np.int64)
    new[old] = np.arange(count, dtype=np.int64)

    node = new[splits.node]
    nodes = np.zeros(count + 1, _NODE)
    nodes["step"] = np.arange(count + 1, dtype=np.int64) << KEY_BITS
    nodes["step"][node] = (lefts << KEY_BITS) + LARGEST_KEY - keys_below(splits.threshold)
    place = np.zeros(int(used[-1]) + 1 if len(used) else 0, np.int64)
    place[used] = np.arange(len(used), dtype=np.int64)
    width = max(1, min(BLOCK_ELEMENTS // trees, rows_at_once(len(used))))
    nodes["offset"][node] = place[splits.feature] * width

    roots = np.argsort(-depths, kind="stable").astype(np.int64)
    deeper = tuple(int(np.count_nonzero(depths > level)) for level in range(int(depths.max())))
    return Walk(used, nodes, roots, deeper, np.stack([column[old] for column in values]), width)
