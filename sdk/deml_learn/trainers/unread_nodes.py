"""Trees with the nodes that rows can come to, numbered in one order, and nothing in the places of others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.exact import addends
from deml.scoring.families.trees import FEATURE, LEFT, RIGHT, THRESHOLD, VALUE, Trees
from deml.scoring.forests.splits import LEAF

Tensors = dict[str, NDArray[Any]]

LARGEST: Final = float(np.finfo(np.float32).max)
"""No feature lies beyond it."""


def cleared_trees(architecture: Trees, tensors: Mapping[str, NDArray[Any]]) -> Tensors:
    """Write every tree anew.

    A split that sends every row the same way, since one above it has decided, gives way to that side; one with the same
    on both sides, be it a leaf or a whole branch, to that. Nodes are numbered from the root on, each before its left
    side and that before its right.
    """
    count, places, outputs = architecture.trees, architecture.nodes, architecture.outputs
    values = addends(tensors[VALUE].reshape(-1, outputs), count, axis=0).reshape(count, places, outputs)
    made = dict(tensors)
    made[FEATURE] = np.full_like(tensors[FEATURE], LEAF)
    made |= {name: np.zeros_like(tensors[name]) for name in (THRESHOLD, LEFT, RIGHT, VALUE)}
    thresholds = _largest_float32_not_above(tensors[THRESHOLD])
    for tree in range(count):
        walk = _Walk(
            tensors[FEATURE][tree].tolist(),
            thresholds[tree].tolist(),
            tensors[LEFT][tree].tolist(),
            tensors[RIGHT][tree].tolist(),
            [one.tobytes() for one in values[tree] + 0],
        )
        _write(walk.node(0), tree, made)
    return made


@dataclass(frozen=True, slots=True)
class _Leaf:
    value: bytes


@dataclass(frozen=True, slots=True)
class _Split:
    feature: int
    threshold: float
    left: _Leaf | _Split
    right: _Leaf | _Split


@dataclass(slots=True)
class _Walk:
    """One tree; `bounds` are those within which a feature lies at the node that is looked at: above, and at most."""

    features: list[int]
    thresholds: list[float]
    left: list[int]
    right: list[int]
    values: list[bytes]
    bounds: dict[int, tuple[float, float]] = field(default_factory=dict)

    def node(self, number: int) -> _Leaf | _Split:
        """What a node is for the rows that can come to it. No tree is so deep that this would be too much."""
        while (feature := self.features[number]) != LEAF:
            threshold = self.thresholds[number]
            low, high = self.bounds.get(feature, (-np.inf, LARGEST))
            if threshold >= high:
                number = self.left[number]
            elif threshold <= low or threshold < -LARGEST:
                number = self.right[number]
            else:
                return self._split(number, feature, threshold, low, high)
        return _Leaf(self.values[number])

    def _split(self, number: int, feature: int, threshold: float, low: float, high: float) -> _Leaf | _Split:
        self.bounds[feature] = (low, threshold)
        left = self.node(self.left[number])
        self.bounds[feature] = (threshold, high)
        right = self.node(self.right[number])
        self.bounds[feature] = (low, high)
        return left if left == right else _Split(feature, threshold, left, right)


def _write(root: _Leaf | _Split, tree: int, made: Tensors) -> None:
    waiting: list[tuple[_Leaf | _Split, int, str]] = [(root, 0, LEFT)]
    number = 0
    while waiting:
        node, parent, side = waiting.pop()
        if number:
            made[side][tree, parent] = number
        if isinstance(node, _Leaf):
            made[VALUE][tree, number] = np.frombuffer(node.value)
        else:
            made[FEATURE][tree, number], made[THRESHOLD][tree, number] = node.feature, node.threshold
            waiting += [(node.right, number, RIGHT), (node.left, number, LEFT)]
        number += 1


def _largest_float32_not_above(thresholds: NDArray[np.float64]) -> NDArray[np.float64]:
    with np.errstate(over="ignore"):
        near = thresholds.astype(np.float32)
    near = np.where(near > thresholds, np.nextafter(near, np.float32(-np.inf)), near)
    return np.asarray(near.astype(np.float64))
