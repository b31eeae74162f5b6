"""Trees followed as their own library follows them: what the exact engine's trees are held against."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Nodes:
    """A tree as its library stores it: `feature` is below zero at a leaf, which says `value`."""

    feature: Array
    threshold: Array
    left: Array
    right: Array
    value: Array


def leaf_values(nodes: Nodes, x: Array, goes_left: Callable[[Array, Array], Array]) -> Array:
    """Value of the leaf that each row comes to; `goes_left` compares features with thresholds.

    The tree must be one: no circles.
    """
    place = np.zeros(len(x), np.int64)
    rows = np.arange(len(x), dtype=np.int64)
    while len(rows):
        rows = rows[nodes.feature[place[rows]] >= 0]
        here = place[rows]
        left = goes_left(x[rows, nodes.feature[here]], nodes.threshold[here])
        place[rows] = np.where(left, nodes.left[here], nodes.right[here])
    found: Array = nodes.value[place]
    return found
