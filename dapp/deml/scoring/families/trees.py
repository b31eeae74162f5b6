"""`trees`: random forests, extra trees and boosted trees, which rows walk down one by one or in sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.architecture import TensorKind, TensorSpec, Work
from deml.scoring.elementary import log
from deml.scoring.errors import ArchitectureOutOfBounds, MalformedTree, TreeTooDeep
from deml.scoring.exact import addends, clip
from deml.scoring.families.dense import MAX_CLASSES, MAX_INPUTS
from deml.scoring.families.fields import Fields
from deml.scoring.forests import groups, walk
from deml.scoring.forests.groups import groups_of
from deml.scoring.forests.rows import Keys, Lines, keys, lines
from deml.scoring.forests.sets import Sets
from deml.scoring.forests.splits import LEAF, Splits, splits_of
from deml.scoring.forests.walk import Walk, walk_of
from deml.scoring.indexing import counts
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

LEAST_ROWS: Final = 64
"""Fewer rows walk: for sets of rows, each node has to be looked for, however few rows there are."""

MOST_SORTED: Final = 1_024
"""Most features that are sorted for one model: a block of them takes 8 MiB."""

CYCLES_PER_TOUCH: Final = 10
"""What `Work.touched` stands for."""

LEAST_PROBABILITY: Final = 2.0**-40
"""Smaller ones are taken to be this large: their logarithm is a logit."""

FEATURE: Final = "trees.feature"
THRESHOLD: Final = "trees.threshold"
LEFT: Final = "trees.left"
RIGHT: Final = "trees.right"
VALUE: Final = "trees.value"
BASE: Final = "trees.base"


class CompiledForest:
    """Trees, made ready for the ways in which rows go down them when that is asked for."""

    def __init__(self, splits: Splits, inputs: int, depth: int, values: Array, base: Array) -> None:
        self.splits, self.base = splits, base
        self._inputs, self._most, self._values = inputs, depth, values

    @cached_property
    def used(self) -> Integers:
        """Features on which any node splits."""
        return self.splits.used(self._inputs)

    @cached_property
    def depths(self) -> Integers:
        """Depth of every tree."""
        return self.splits.depths(self._most)

    @cached_property
    def walk(self) -> Walk:
        """For rows one by one."""
        return walk_of(self.splits, self.depths, self.used, self._values)

    @cached_property
    def sets(self) -> Sets:
        """For sets of rows of which all features are sorted."""
        lines = np.arange(self._inputs, dtype=np.int64)
        return Sets(groups_of(self.splits, lines, self._values), len(self.base))

    @cached_property
    def sets_of_used(self) -> Sets:
        """For sets of rows of which the features in use are sorted."""
        place = np.zeros(self._inputs, np.int64)
        place[self.used] = np.arange(len(self.used), dtype=np.int64)
        return Sets(groups_of(self.splits, place, self._values), len(self.base))


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
    def features(self) -> TensorKind:
        """Features are reals."""
        return TensorKind.REAL

    def tensor_specs(self) -> dict[str, TensorSpec]:
        """Tensors by name."""
        shape = (self.trees, self.nodes)
        return {
            FEATURE: TensorSpec(shape, TensorKind.INTEGER),
            THRESHOLD: TensorSpec(shape),
            LEFT: TensorSpec(shape, TensorKind.INTEGER),
            RIGHT: TensorSpec(shape, TensorKind.INTEGER),
            VALUE: TensorSpec((*shape, self.outputs)),
            BASE: TensorSpec((self.outputs,)),
        }

    @property
    def parameters(self) -> int:
        """Numbers in the model's tensors."""
        return self.trees * self.nodes * (4 + self.outputs) + self.outputs

    @property
    def row_work(self) -> Work:
        """Count the ways down all trees, the values at their ends, and logarithms."""
        values = 2 * self.trees * self.outputs
        logarithms = Work(touched=12, curves=1) if self.probabilities else Work(touched=3)
        walked = 0 if self._by_sets else 2 * self.inputs
        return Work(touched=-(-self._cycles() // CYCLES_PER_TOUCH) + values + walked) + logarithms * self.outputs

    @property
    def block_work(self) -> Work:
        """Look for every node, where rows go in sets; call."""
        return Work(touched=40 * self.trees * self._splits if self._by_sets else 0, calls=100)

    @property
    def feature_work(self) -> Work:
        """Sort it, or make a key of it."""
        return Work(touched=17 if self._by_sets else 6)

    @property
    def model_work(self) -> Work:
        """Check all nodes, put them in order, and round their values."""
        return Work(touched=self.trees * self.nodes * (62 + 10 * self.outputs))

    @property
    def widest(self) -> int:
        """Outputs: what lies between has blocks of its own."""
        return self.classes

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
        self._refuse(counts(np.concatenate([splits.left, splits.right])) > 1, "is the child of two")
        depths = splits.depths(self.depth + 1)
        if depths.max() > self.depth:
            raise TreeTooDeep(int(depths.argmax()), self.depth)

    @property
    def compiling_bytes(self) -> int:
        """Nodes in some numbers each, and values."""
        return self.trees * self.nodes * (72 + 24 * self.outputs)

    def prepared_bytes(self, rows: int) -> int:
        """Lines in int64, with an end for some hundred rows at least, or keys in uint32."""
        if self._by_sets and rows >= LEAST_ROWS:
            return 8 * (rows + rows // 512 + 1) * self.inputs
        return 4 * rows * self.inputs

    def prepare(self, x: NDArray[Any]) -> Keys | Lines:
        """Sort the features where sets of rows will go down the trees, else make them comparable as integers."""
        return lines(x) if self._by_sets and len(x) >= LEAST_ROWS else keys(x)

    def compile(self, tensors: Mapping[str, NDArray[Any]]) -> CompiledForest:
        """Round the values; the rest is done when it is known in what way rows go down the trees."""
        values = addends(np.ascontiguousarray(tensors[VALUE].reshape(-1, self.outputs).T), self.trees)
        return CompiledForest(_splits(tensors), self.inputs, self.depth, values, tensors[BASE])

    def forward(self, compiled: CompiledForest, prepared: Keys | Lines) -> Array:
        """Outputs for the rows of `prepared`: rows by outputs."""
        if isinstance(prepared, Lines):
            sums = compiled.sets.sums(prepared.blocks())
        elif self._worth_sorting(compiled, len(prepared)):
            sums = compiled.sets_of_used.sums(prepared.blocks(compiled.used))
        else:
            sums = compiled.walk.sums(prepared)
        outputs = clip(sums + compiled.base)
        return log(np.maximum(outputs, LEAST_PROBABILITY)) if self.probabilities else outputs

    @property
    def _by_sets(self) -> bool:
        """Whether sets of rows go down the trees faster than rows, at worst."""
        return self._fits(self.depth) and self._cycles_by_sets() < self._cycles_by_walking(self.depth)

    def _cycles(self) -> int:
        """What a row costs at worst, but for its leaves' values."""
        return self._cycles_by_sets() if self._by_sets else self._cycles_by_walking(self.depth)

    @property
    def _splits(self) -> int:
        """Most nodes of a tree that split."""
        return min((self.nodes - 1) // 2, (1 << min(self.depth, groups.MAX_LEVELS)) - 1)

    def _cycles_by_sets(self) -> int:
        return groups.cycles(self.inputs, self.trees, self._splits, self.depth)

    def _cycles_by_walking(self, depth: int) -> int:
        return walk.CYCLES_PER_LEVEL * self.trees * depth

    def _fits(self, depth: int) -> bool:
        """Whether there is a byte for a path, and not much more than a value for each."""
        return depth <= groups.MAX_LEVELS and 2**depth <= 2 * self.nodes

    def _worth_sorting(self, forest: CompiledForest, rows: int) -> bool:
        """Whether to sort the features in use for one model alone."""
        depth = int(forest.depths.max())
        if rows < LEAST_ROWS or len(forest.used) > MOST_SORTED or not self._fits(depth):
            return False
        splits = -(-len(forest.splits.node) // self.trees)
        needed = groups.cycles(len(forest.used), self.trees, splits, depth, to_sort=True)
        return needed < self._cycles_by_walking(depth)

    def _refuse(self, wrong: NDArray[np.bool_], reason: str, nodes: Integers | None = None) -> None:
        """Name the first node that is wrong, if one is; `nodes` are those that `wrong` speaks of, if not all."""
        if np.any(wrong):
            place = int(wrong.argmax())
            tree, node = divmod(place if nodes is None else int(nodes[place]), self.nodes)
            raise MalformedTree(tree, node, reason)


def parse(fields: Fields) -> Trees:
    """Read ``task``, ``inputs``, ``outputs``, ``trees``, ``nodes``, ``depth`` and ``output``."""
    task = fields.task()
    inputs = fields.number("inputs", 1, MAX_INPUTS)
    probabilities = fields.text("output", "values", "probabilities", default="values") == "probabilities"
    outputs = fields.number("outputs", 2 if probabilities else 1, 1 if task is Task.REGRESSION else MAX_CLASSES)
    trees = fields.number("trees", 1, MAX_TREES)
    nodes = fields.number("nodes", 1, MAX_NODES)
    made = Trees(task, inputs, outputs, trees, nodes, fields.number("depth", 1, MAX_DEPTH), probabilities)
    if made.parameters > MAX_NUMBERS:
        raise ArchitectureOutOfBounds("numbers of all trees", made.parameters, 1, MAX_NUMBERS)
    return made


def _splits(tensors: Mapping[str, NDArray[Any]]) -> Splits:
    return splits_of(tensors[FEATURE], tensors[THRESHOLD], tensors[LEFT], tensors[RIGHT])
