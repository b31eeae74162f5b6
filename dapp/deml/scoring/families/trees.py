"""`trees`: random forests, extra trees and boosted trees, walked level by level, all trees and many rows at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.architecture import Kind, Spec, Work
from deml.scoring.elementary import log
from deml.scoring.errors import ArchitectureOutOfBounds, MalformedTree, TreeTooDeep
from deml.scoring.exact import addends, clip
from deml.scoring.families.dense import MAX_CLASSES, MAX_INPUTS
from deml.scoring.families.fields import Fields
from deml.scoring.task import Task

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

MAX_TREES: Final = 4_096
"""Most trees: sums then keep 39 bits of every leaf's value."""

MAX_NODES: Final = 32_767
"""Most nodes of a tree: their numbers fit into int16."""

MAX_DEPTH: Final = 64
"""Most splits on the way to a leaf."""

MAX_NUMBERS: Final = 2**22
"""Most numbers in the tensors of all trees together."""

BLOCK_ELEMENTS: Final = 2**17
"""Rows are computed in blocks of at most so many (row, tree) pairs: no intermediate result takes more than 1 MiB."""

LEAST_PROBABILITY: Final = 2.0**-40
"""Smaller ones are taken to be this large: their logarithm is a logit."""

LEAF: Final = -1
"""Where a node has no feature."""

FEATURE: Final = "trees.feature"
THRESHOLD: Final = "trees.threshold"
LEFT: Final = "trees.left"
RIGHT: Final = "trees.right"
VALUE: Final = "trees.value"
BASE: Final = "trees.base"

_KEY_BITS: Final = 32
_LARGEST_KEY: Final = 2**_KEY_BITS - 1
_SIGN: Final = 2 ** (_KEY_BITS - 1)


@dataclass(frozen=True, slots=True)
class Columns:
    """Features as keys, one column after another: ``keys[feature, row]``."""

    keys: Integers

    def __len__(self) -> int:
        """Count the rows."""
        return int(self.keys.shape[1])

    def __getitem__(self, part: slice) -> Columns:
        """Take some of the rows."""
        return Columns(self.keys[:, part])


@dataclass(frozen=True, slots=True)
class Compiled:
    """All nodes that a row can reach, in one sequence: first the roots, then level by level, siblings side by side.

    A row at node n goes to ``(step[n] + key) >> 32``, where `key` is the row's key of the node's feature. The upper
    half of `step` is the left child; the lower half makes the sum carry if the key is above the threshold's. At a leaf
    the upper half is the leaf and the sum never carries.

    Attributes
    ----------
    features
        Those on which any node splits: the rows of a block.
    offset
        Where a node's feature begins in a block that is `width` rows wide.
    roots
        Numbers of the roots, deepest trees first.
    deeper
        For every level, how many trees go on below it.
    values
        What each node adds to each output, rounded for exact sums: outputs by nodes.
    """

    features: NDArray[np.intp]
    step: Integers
    offset: Integers
    roots: Integers
    deeper: tuple[int, ...]
    values: Array
    base: Array
    width: int


@dataclass(frozen=True, slots=True)
class Trees:
    """An ensemble whose outputs are a base plus the sum of the values of the leaves that a row comes to.

    Tensors have a row a tree and a column a node; node 0 is the root. A node with a feature sends rows left whose
    feature is at most the threshold; a node whose feature is -1 is a leaf, or is not used.
    """

    task: Task
    inputs: int
    outputs: int
    trees: int
    nodes: int
    depth: int
    probabilities: bool

    @property
    def classes(self) -> int:
        """Number of classes: two for a single logit."""
        return max(2, self.outputs)

    @property
    def features(self) -> Kind:
        """Features are reals."""
        return Kind.REAL

    def tensor_specs(self) -> dict[str, Spec]:
        """Tensors by name."""
        shape = (self.trees, self.nodes)
        return {
            FEATURE: Spec(shape, Kind.INTEGER),
            THRESHOLD: Spec(shape),
            LEFT: Spec(shape, Kind.INTEGER),
            RIGHT: Spec(shape, Kind.INTEGER),
            VALUE: Spec((*shape, self.outputs)),
            BASE: Spec((self.outputs,)),
        }

    @property
    def parameters(self) -> int:
        """Numbers in the model's tensors."""
        return self.trees * self.nodes * (4 + self.outputs) + self.outputs

    def work(self, rows: int) -> Work:
        """Count a lookup for every level of every tree and for every value of a leaf, and the logarithms."""
        return Work(
            elements=rows * (self.inputs + self.outputs),
            lookups=rows * self.trees * (self.depth + self.outputs),
            curves=rows * self.outputs if self.probabilities else 0,
        )

    def check(self, tensors: Mapping[str, NDArray[Any]]) -> None:
        """Refuse what is no tree, or too deep a one.

        Raises
        ------
        MalformedTree, TreeTooDeep
        """
        feature = tensors[FEATURE]
        split = feature != LEAF
        _refuse((feature < LEAF) | (feature >= self.inputs), "has a feature that is neither an input nor -1")
        numbers = np.arange(self.nodes)
        for name, side in ((LEFT, "left"), (RIGHT, "right")):
            child = tensors[name]
            _refuse(split & ((child <= numbers) | (child >= self.nodes)), f"has no node after it as its {side} child")
        children = np.concatenate([_flat(tensors[name])[split.ravel()] for name in (LEFT, RIGHT)])
        parents = np.bincount(children, minlength=split.size).reshape(split.shape)
        _refuse(parents > 1, "is the child of two")
        depths = _levels(tensors, self.depth + 1)[2]
        if depths.max() > self.depth:
            raise TreeTooDeep(int(depths.argmax()), self.depth)

    def prepare(self, x: NDArray[Any]) -> Columns:
        """Make the features comparable as integers."""
        return Columns(_keys(np.ascontiguousarray(x.T, np.float32)))

    def compile(self, tensors: Mapping[str, NDArray[Any]]) -> Compiled:
        """Leave out what no row can reach, renumber the nodes, and round the values."""
        old, left, depths = _levels(tensors, self.depth)
        feature = tensors[FEATURE].ravel()[old]
        split = feature != LEAF
        step = left << _KEY_BITS
        step[split] += _LARGEST_KEY - _keys(_rounded_down(tensors[THRESHOLD].ravel()[old[split]]))
        used = np.flatnonzero(np.bincount(feature[split], minlength=self.inputs))
        place = np.zeros(self.inputs, np.int64)
        place[used] = np.arange(len(used))
        width = max(1, BLOCK_ELEMENTS // max(self.trees, len(used)))
        roots = np.argsort(-depths, kind="stable")
        deeper = tuple(int(np.count_nonzero(depths > level)) for level in range(int(depths.max())))
        values = addends(tensors[VALUE].reshape(-1, self.outputs), self.trees, axis=0)[old].T
        offset = np.where(split, place[feature], 0) * width
        return Compiled(used, step, offset, roots, deeper, values.copy(), tensors[BASE], width)

    def forward(self, compiled: Compiled, prepared: Columns) -> Array:
        """Outputs for the rows of `prepared`: rows by outputs."""
        parts = (slice(start, start + compiled.width) for start in range(0, len(prepared), compiled.width))
        sums = np.concatenate([_sums(compiled, prepared.keys[compiled.features, part]) for part in parts], axis=1)
        outputs = clip(sums.T + compiled.base)
        return log(np.maximum(outputs, LEAST_PROBABILITY)) if self.probabilities else outputs


def parse(fields: Fields) -> Trees:
    """Read ``task``, ``inputs``, ``outputs``, ``trees``, ``nodes``, ``depth`` and ``output``."""
    task = Task(fields.text("task", *Task))
    inputs = fields.number("inputs", 1, MAX_INPUTS)
    probabilities = fields.text("output", "values", "probabilities", default="values") == "probabilities"
    outputs = fields.number("outputs", 2 if probabilities else 1, 1 if task is Task.REGRESSION else MAX_CLASSES)
    trees = fields.number("trees", 1, MAX_TREES)
    nodes = fields.number("nodes", 1, MAX_NODES)
    made = Trees(task, inputs, outputs, trees, nodes, fields.number("depth", 1, MAX_DEPTH), probabilities)
    if made.parameters > MAX_NUMBERS:
        raise ArchitectureOutOfBounds("numbers of all trees", made.parameters, 1, MAX_NUMBERS)
    return made


def _refuse(wrong: NDArray[np.bool_], reason: str) -> None:
    if np.any(wrong):
        tree, node = np.argwhere(wrong)[0].tolist()
        raise MalformedTree(tree, node, reason)


def _keys(values: NDArray[np.float32]) -> Integers:
    """Integers in 1 .. 2^32 - 1 that order as the values do; both zeros have the same."""
    bits = values.view(np.int32).astype(np.int64)
    keys = np.where(bits < 0, -(bits & _SIGN - 1), bits)
    keys += _SIGN
    return keys


def _rounded_down(thresholds: Array) -> NDArray[np.float32]:
    """Largest float32 that is not above: no float32 feature lies between the two."""
    with np.errstate(over="ignore"):
        near = thresholds.astype(np.float32)
        return np.where(near > thresholds, np.nextafter(near, np.float32(-np.inf)), near)


def _flat(children: NDArray[Any]) -> Integers:
    """Children numbered through all trees."""
    trees, nodes = children.shape
    numbers: Integers = children + np.arange(trees)[:, None] * nodes
    return numbers.ravel()


def _levels(tensors: Mapping[str, NDArray[Any]], most: int) -> tuple[Integers, Integers, Integers]:
    """Walk down all trees at once, for at most so many levels.

    Returns
    -------
    The nodes that are reached, in the order of their new numbers; for each the new number of its left child, which the
    right one's follows, or its own if it is a leaf; and the depth of every tree.
    """
    split = (tensors[FEATURE] != LEAF).ravel()
    sides = np.stack([_flat(tensors[LEFT]), _flat(tensors[RIGHT])], axis=1)
    trees, nodes = tensors[FEATURE].shape
    level = np.arange(trees) * nodes
    depths = np.zeros(trees, np.int64)
    reached, lefts, start = [level], [], 0
    for _ in range(most):
        inner = split[level]
        parents = level[inner]
        end = start + len(level)
        left = np.arange(start, end)
        left[inner] = end + 2 * np.arange(len(parents))
        lefts.append(left)
        if not len(parents):
            break
        level, start = sides[parents].ravel(), end
        depths[parents // nodes] += 1
        reached.append(level)
    else:
        lefts.append(np.arange(start, start + len(level)))
    return np.concatenate(reached), np.concatenate(lefts), depths


def _sums(compiled: Compiled, keys: Integers) -> Array:
    """Sum the leaves' values for some rows: outputs by rows. `keys` is features by rows."""
    rows = keys.shape[1]
    node = np.empty((len(compiled.roots), rows), np.int64)
    node[:] = compiled.roots[:, None]
    if compiled.deeper:
        _descend(compiled, keys, node)
    return np.stack([values[node].sum(axis=0) for values in compiled.values])


def _descend(compiled: Compiled, keys: Integers, node: Integers) -> None:
    """Move `node`, trees by rows, from the roots to the leaves."""
    rows = keys.shape[1]
    roots = compiled.roots[: compiled.deeper[0]]
    moved = keys[compiled.offset[roots] // compiled.width]
    moved += compiled.step[roots][:, None]
    np.right_shift(moved, _KEY_BITS, out=node[: len(roots)])
    block = np.empty((len(keys), compiled.width), np.int64)
    block[:, :rows] = keys
    flat = block.ravel()
    row = np.tile(np.arange(rows), (len(roots), 1))
    for count in compiled.deeper[1:]:
        here = node[:count]
        place = compiled.offset[here]
        place += row[:count]
        moved = flat[place]
        moved += compiled.step[here]
        np.right_shift(moved, _KEY_BITS, out=here)
