"""The nodes of an ensemble that split, and how deep its trees are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.indexing import counts

Integers = NDArray[np.int64]

LEAF: Final = -1
"""Where a node has no feature."""


@dataclass(frozen=True, slots=True)
class Splits:
    """Nodes with a feature, numbered through all trees, and what each does.

    Attributes
    ----------
    trees, nodes
        How many trees there are, and how many numbers for nodes each has.
    node, left, right
        The nodes, in order, and their children.
    feature, threshold
        What a node asks of a row: whether this feature is at most the threshold.
    """

    trees: int
    nodes: int
    node: Integers
    left: Integers
    right: Integers
    feature: NDArray[Any]
    threshold: NDArray[Any]

    def depths(self, most: int) -> Integers:
        """Depth of every tree; no more than `most` levels are looked at."""
        place = np.full(self.trees * self.nodes, -1, np.int64)
        place[self.node] = np.arange(len(self.node), dtype=np.int64)
        tree, depths = self.node // self.nodes, np.zeros(self.trees, np.int64)
        level = place[:: self.nodes]
        for depth in range(1, most + 1):
            level = level[level >= 0]
            if not len(level):
                break
            depths[tree[level]] = depth
            level = np.concatenate([place[self.left[level]], place[self.right[level]]])
        return depths

    def used(self, inputs: int) -> Integers:
        """Features on which any node splits, ascending; there are `inputs` of them in all."""
        return counts(self.feature, inputs).nonzero()[0].astype(np.int64)


def splits_of(feature: NDArray[Any], threshold: NDArray[Any], left: NDArray[Any], right: NDArray[Any]) -> Splits:
    """Find the splits in arrays of trees by nodes."""
    trees, nodes = feature.shape
    node = (feature.reshape(-1) != LEAF).nonzero()[0].astype(np.int64)
    root = node - node % nodes
    children = (root + left.reshape(-1)[node], root + right.reshape(-1)[node])
    return Splits(trees, nodes, node, *children, feature.reshape(-1)[node], threshold.reshape(-1)[node])
