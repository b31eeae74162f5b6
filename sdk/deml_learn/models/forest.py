"""Tree ensembles of any origin, brought into the family `trees`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring import Architecture
from deml.scoring.families.trees import BASE, FEATURE, LEFT, RIGHT, THRESHOLD, VALUE, Trees
from deml.scoring.forests.splits import LEAF
from deml_learn.models.errors import DoesNotFit, MalformedSource
from deml_learn.models.form import placement, require_same
from deml_learn.models.imported import ModelFields, float32

Array = NDArray[Any]
ColumnsOf = Callable[[Array, Array], Array]
"""Standardises numbers, given for each the feature that it is a value of; keeps their order."""

LARGEST: Final = np.finfo(np.float32).max
_DOWN: Final = np.float32(-np.inf)
_LARGEST_BITS: Final = 0x7F7F_FFFF
_FLOAT_BITS: Final = 32


@dataclass(frozen=True, slots=True)
class Tree:
    """A binary tree: one entry a node, the root first, children after their parents.

    Rows go left whose feature is at most `threshold`, any float64. `feature` is -1 at a leaf, whose `value` has a
    number for each output.
    """

    feature: Array
    threshold: Array
    left: Array
    right: Array
    value: Array
    depth: int


@dataclass(frozen=True, slots=True)
class Forest:
    """An ensemble: `base` plus the sum of what the trees say, a number for each output.

    `compares` is the type that features have when they are compared with thresholds.
    """

    task: str
    inputs: int
    trees: Sequence[Tree]
    base: Array
    probabilities: bool = False
    compares: type[np.floating[Any]] = np.float32

    def fields(self) -> ModelFields:
        """Its own architecture."""
        fields = {
            "family": "trees",
            "task": self.task,
            "inputs": self.inputs,
            "outputs": len(self.base),
            "trees": len(self.trees),
            "nodes": max(len(tree.feature) for tree in self.trees),
            "depth": max(1, *(tree.depth for tree in self.trees)),
        }
        return fields | ({"output": "probabilities"} if self.probabilities else {})

    def tensors(self, architecture: Architecture, places: Sequence[int] = ()) -> dict[str, Array]:
        """Tensors in an architecture of as many trees and nodes or more; what is left over are leaves worth nothing.

        Raises
        ------
        DoesNotFit
        """
        if not isinstance(architecture, Trees):
            raise DoesNotFit("the model", "made of trees", "another family")
        require_same("the task", self.task, str(architecture.task.value))
        require_same("the number of inputs", self.inputs, architecture.inputs)
        scales = "logits or values", "probabilities"
        require_same("the kind of output", scales[self.probabilities], scales[architecture.probabilities])
        depth = max(tree.depth for tree in self.trees)
        for part, found, most in (
            ("the number of trees", len(self.trees), architecture.trees),
            ("the number of nodes of a tree", max(len(tree.feature) for tree in self.trees), architecture.nodes),
            ("the depth of a tree", depth, architecture.depth),
        ):
            if found > most:
                raise DoesNotFit(part, str(found), f"at most {most}")
        placed = placement(len(self.base), architecture.outputs, places)
        unseen = 0.0 if self.probabilities else placed.unseen
        return _stacked(self.trees, placed.matrix, architecture) | {BASE: float32(placed.matrix @ self.base + unseen)}

    def on_inputs(self, places: Sequence[int], inputs: int) -> Forest:
        """Take feature k from the input `places[k]` of so many."""
        where = np.array(places)
        trees = [
            replace(tree, feature=np.where(tree.feature < 0, LEAF, where[np.maximum(tree.feature, 0)]))
            for tree in self.trees
        ]
        return replace(self, trees=trees, inputs=inputs)

    def changed(self, factor: float, shift: float) -> Forest:
        """Make a forest that says ``factor * said + shift``."""
        trees = [replace(tree, value=tree.value * factor) for tree in self.trees]
        return replace(self, trees=trees, base=self.base * factor + shift)

    def on_raw_features(self, standardize: ColumnsOf) -> Forest:
        """Make a forest for features as they are of one for standardised features: the same rows go left."""
        trees = [
            replace(tree, threshold=_largest_up_to(tree.threshold, tree.feature, standardize, self.compares))
            for tree in self.trees
        ]
        return replace(self, trees=trees)


def at_most(below: Array) -> Array:
    """The largest float32 under each number: for a float32 x, ``x < t`` means ``x <= at_most(t)``."""
    down = rounded_down(below)
    return np.where(down < below, down, np.nextafter(down, _DOWN))


def rounded_down(threshold: Array) -> Array:
    """The largest float32 up to each number, perhaps infinite: for a float32 x, ``x <= t`` means ``x <=`` this."""
    with np.errstate(over="ignore"):
        nearest = np.asarray(threshold, np.float64).astype(np.float32)
    return np.where(nearest > threshold, np.nextafter(nearest, _DOWN), nearest)


def grow(feature: Array, threshold: Array, left: Array, right: Array, value: Array, *, kind: str) -> Tree:
    """Make a tree of nodes in any order, the root first.

    Nodes are numbered anew, parents before children; what no row can reach is left out.

    Parameters
    ----------
    feature
        Below zero at a leaf.
    kind
        What errors call the source.

    Raises
    ------
    MalformedSource
        If the children lead in a circle or out of the tree.
    """
    never_left = rounded_down(threshold) < -LARGEST
    seen = np.zeros(len(feature), bool)
    order: list[int] = []
    children: tuple[list[int], list[int]] = [], []
    depth = 0
    pending = [(0, 0, 0, 0)]
    while pending:
        node, level, parent, side = pending.pop()
        if not 0 <= node < len(feature) or seen[node]:
            raise MalformedSource(kind, "the nodes of a tree lead in a circle, or out of the tree")
        seen[node] = True
        split = feature[node] >= 0
        if split and never_left[node]:
            pending.append((int(right[node]), level, parent, side))
            continue
        place = len(order)
        if place:
            children[side][parent] = place
        order.append(node)
        for one in children:
            one.append(0)
        depth = max(depth, level)
        if split:
            pending.append((int(right[node]), level + 1, place, 1))
            pending.append((int(left[node]), level + 1, place, 0))
    kept = np.array(order)
    leaf = feature[kept] < 0
    return Tree(
        np.where(leaf, LEAF, feature[kept]),
        np.where(leaf, 0, threshold[kept]),
        np.array(children[0]),
        np.array(children[1]),
        np.where(leaf[:, None], value[kept], 0),
        depth,
    )


def _stacked(trees: Sequence[Tree], matrix: Array, architecture: Trees) -> dict[str, Array]:
    shape = architecture.trees, architecture.nodes
    feature, threshold = np.full(shape, LEAF, np.int32), np.zeros(shape, np.float32)
    left, right = np.zeros(shape, np.int16), np.zeros(shape, np.int16)
    value = np.zeros((*shape, architecture.outputs), np.float32)
    for place, tree in enumerate(trees):
        used = len(tree.feature)
        feature[place, :used] = tree.feature
        threshold[place, :used] = np.clip(rounded_down(tree.threshold), -LARGEST, LARGEST)
        left[place, :used], right[place, :used] = tree.left, tree.right
        value[place, :used] = float32(tree.value @ matrix.T)
    smaller = np.int16 if architecture.inputs <= np.iinfo(np.int16).max else np.int32
    return {FEATURE: feature.astype(smaller), THRESHOLD: threshold, LEFT: left, RIGHT: right, VALUE: value}


def _largest_up_to(threshold: Array, feature: Array, standardize: ColumnsOf, compares: type[np.floating[Any]]) -> Array:
    """For each node, the largest float32 that goes left once it is standardised.

    Standardising keeps order, so that bisection over all float32s finds it exactly.
    """
    low = np.full(len(threshold), -_LARGEST_BITS, np.int64)
    high = np.full(len(threshold), _LARGEST_BITS, np.int64)
    for _ in range(_FLOAT_BITS):
        middle = (low + high + 1) >> 1
        with np.errstate(over="ignore"):
            goes_left = standardize(_of_rank(middle), feature).astype(compares) <= threshold
        low, high = np.where(goes_left, middle, low), np.where(goes_left, high, middle - 1)
    return np.where(feature < 0, 0, _of_rank(low))


def _of_rank(rank: Array) -> Array:
    """The float32 of each place in their order, zero at 0."""
    magnitude = np.abs(rank).astype(np.int32).view(np.float32)
    return np.where(rank < 0, -magnitude, magnitude).astype(np.float64)
