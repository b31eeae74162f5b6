"""`trees`: random forests, extra trees and boosted trees, walked level by level, all trees and many rows at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.architecture import Kind, Spec, Work
from deml.scoring.blocks import blocks
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

BLOCK_ELEMENTS: Final = 8_000
"""Rows are computed in blocks of at most so many (row, tree) pairs. Their nodes, of 16 bytes each, stay below 128 KiB,
from where on the C library's allocator fetches new pages from the kernel every time."""

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

_NODE: Final = np.dtype([("offset", np.int64), ("step", np.int64)])
_KEY_BITS: Final = 32
_LARGEST_KEY: Final = 2**_KEY_BITS - 1


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
        What each node adds to each output, rounded for exact sums: outputs by nodes.
    """

    features: NDArray[np.intp]
    nodes: NDArray[np.void]
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

    @property
    def widest(self) -> int:
        """A place in every tree, or outputs."""
        return max(self.trees, self.classes)

    def check(self, tensors: Mapping[str, NDArray[Any]]) -> None:
        """Refuse what is no tree, or too deep a one.

        Raises
        ------
        MalformedTree, TreeTooDeep
        """
        feature = tensors[FEATURE].ravel()
        self._refuse((feature < LEAF) | (feature >= self.inputs), "has a feature that is neither an input nor -1")
        splits = _splits(tensors)
        node, last = splits.node, splits.node - splits.node % self.nodes + self.nodes - 1
        for child, side in ((splits.left, "left"), (splits.right, "right")):
            self._refuse((child <= node) | (child > last), f"has no node after it as its {side} child", node)
        self._refuse(np.bincount(np.concatenate([splits.left, splits.right])) > 1, "is the child of two")
        depths = self._depths(splits, self.depth + 1)
        if depths.max() > self.depth:
            raise TreeTooDeep(int(depths.argmax()), self.depth)

    @property
    def compiling_bytes(self) -> int:
        """Nodes in some numbers each, and values."""
        return self.trees * self.nodes * (160 + 24 * self.outputs)

    def prepared_bytes(self, rows: int) -> int:
        """Keys in int64."""
        return 8 * rows * self.inputs

    def prepare(self, x: NDArray[Any]) -> Columns:
        """Make the features comparable as integers."""
        keys = np.empty((self.inputs, len(x)), np.int64)
        for part in blocks(len(x), self.inputs):
            keys[:, part] = _keys(np.ascontiguousarray(x[part].T, np.float32))
        return Columns(keys)

    def compile(self, tensors: Mapping[str, NDArray[Any]]) -> Compiled:
        """Renumber the nodes so that siblings stand side by side, and round the values."""
        splits = _splits(tensors)
        count = self.trees + 2 * len(splits.node)
        lefts = np.arange(self.trees, count, 2)
        old = np.empty(count, np.int64)
        old[: self.trees] = np.arange(self.trees) * self.nodes
        old[self.trees :: 2], old[self.trees + 1 :: 2] = splits.left, splits.right
        new = np.full(self.trees * self.nodes, count)
        new[old] = np.arange(count)

        node = new[splits.node]
        nodes = np.zeros(count + 1, _NODE)
        nodes["step"] = np.arange(count + 1) << _KEY_BITS
        nodes["step"][node] = (lefts << _KEY_BITS) + _LARGEST_KEY - _keys_below(tensors[THRESHOLD].ravel()[splits.node])
        feature = tensors[FEATURE].ravel()[splits.node]
        used = np.flatnonzero(np.bincount(feature, minlength=self.inputs))
        place = np.zeros(self.inputs, np.int64)
        place[used] = np.arange(len(used))
        width = max(1, BLOCK_ELEMENTS // max(self.trees, len(used)))
        nodes["offset"][node] = place[feature] * width

        depths = self._depths(splits, self.depth)
        roots = np.argsort(-depths, kind="stable")
        deeper = tuple(int(np.count_nonzero(depths > level)) for level in range(int(depths.max())))
        rounded = addends(tensors[VALUE].reshape(-1, self.outputs), self.trees, axis=0)
        values = np.stack([column[old] for column in rounded.T])
        return Compiled(used, nodes, roots, deeper, values, tensors[BASE], width)

    def forward(self, compiled: Compiled, prepared: Columns) -> Array:
        """Outputs for the rows of `prepared`: rows by outputs."""
        parts = (slice(start, start + compiled.width) for start in range(0, len(prepared), compiled.width))
        sums = np.concatenate([_sums(compiled, prepared.keys[compiled.features, part]) for part in parts], axis=1)
        outputs = clip(sums.T + compiled.base)
        return log(np.maximum(outputs, LEAST_PROBABILITY)) if self.probabilities else outputs

    def _refuse(self, wrong: NDArray[np.bool_], reason: str, nodes: Integers | None = None) -> None:
        """Name the first node that is wrong, if one is; `nodes` are those that `wrong` speaks of, if not all."""
        if np.any(wrong):
            place = int(wrong.argmax())
            tree, node = divmod(place if nodes is None else int(nodes[place]), self.nodes)
            raise MalformedTree(tree, node, reason)

    def _depths(self, splits: _Splits, most: int) -> Integers:
        """Depth of every tree; no more than `most` levels are looked at."""
        place = np.full(self.trees * self.nodes, -1)
        place[splits.node] = np.arange(len(splits.node))
        tree, depths = splits.node // self.nodes, np.zeros(self.trees, np.int64)
        level = place[:: self.nodes]
        for depth in range(1, most + 1):
            level = level[np.flatnonzero(level >= 0)]
            if not len(level):
                break
            depths[tree[level]] = depth
            level = np.concatenate([place[splits.left[level]], place[splits.right[level]]])
        return depths


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


@dataclass(frozen=True, slots=True)
class _Splits:
    """Nodes with a feature, and their children, numbered through all trees."""

    node: Integers
    left: Integers
    right: Integers


def _splits(tensors: Mapping[str, NDArray[Any]]) -> _Splits:
    node = np.flatnonzero(tensors[FEATURE] != LEAF)
    root = node - node % tensors[FEATURE].shape[1]
    return _Splits(node, root + tensors[LEFT].ravel()[node], root + tensors[RIGHT].ravel()[node])


def _keys(values: NDArray[np.float32]) -> Integers:
    """Integers in 1 .. 2^32 - 1 that order as the values do; neighbours are one apart, both zeros have the same."""
    bits = values.view(np.int32)
    sign = bits >> 31
    keys = (((bits & 0x7FFF_FFFF) ^ sign) - sign).astype(np.int64)
    keys += 2 ** (_KEY_BITS - 1)
    return keys


def _keys_below(thresholds: Array) -> Integers:
    """Key of the largest float32 that is not above: no float32 feature lies between the two."""
    with np.errstate(over="ignore"):
        near = thresholds.astype(np.float32)
    return _keys(near) - (near > thresholds)


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
    rows, live = keys.shape[1], compiled.deeper[0]
    roots = compiled.nodes[compiled.roots[:live]]
    moved = keys[roots["offset"] // compiled.width]
    moved += roots["step"][:, None]
    np.right_shift(moved, _KEY_BITS, out=node[:live])

    block = np.empty((len(keys), compiled.width), np.int64)
    block[:, :rows] = keys
    flat = block.ravel()
    row = np.tile(np.arange(rows), (live, 1))
    for count in compiled.deeper[1:]:
        here = compiled.nodes[node[:count]]
        place = here["offset"] + row[:count]
        moved = flat[place]
        moved += here["step"]
        np.right_shift(moved, _KEY_BITS, out=node[:count])
