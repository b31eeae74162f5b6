"""Models and holdouts of ``scoring-trees.json``."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tests.vectors.scoring_cases import (
    FOR_CLASSES,
    FOR_TWO_CLASSES,
    FOR_VALUES,
    TINY,
    Arrays,
    Case,
    column,
    floats,
    reals,
)

LOGIT = {"family": "trees", "task": "classification", "inputs": 4, "outputs": 1, "trees": 5, "nodes": 15, "depth": 3}
LOGITS = LOGIT | {"outputs": 3}
FOREST = LOGITS | {"output": "probabilities"}
TWO = FOREST | {"outputs": 2}
VALUE = LOGIT | {"task": "regression"}
STUMP = VALUE | {"inputs": 1, "trees": 1, "nodes": 3, "depth": 1}

Split = tuple[int, float, int, int]
"""Feature, threshold, left and right child."""


def complete(name: str, fields: Mapping[str, Any], dtype: Any = np.float32) -> Arrays:
    """Full trees whose numbers are drawn from the case's name; the children of odd nodes are exchanged."""
    drawn = random.Random(f"{name} trees")
    shape = trees, nodes = fields["trees"], fields["nodes"]
    numbers = np.arange(nodes)
    inner = 2 * numbers + 2 < nodes
    features = np.array([drawn.randrange(fields["inputs"]) for _ in range(trees * nodes)]).reshape(shape)
    first, second = np.where(inner, 2 * numbers + 1, 0), np.where(inner, 2 * numbers + 2, 0)
    odd = numbers % 2 == 1
    values = reals(drawn, (*shape, fields["outputs"]), dtype)
    return {
        "trees.feature": np.where(inner, features, -1).astype(np.int32),
        "trees.threshold": reals(drawn, shape, dtype),
        "trees.left": np.tile(np.where(odd, second, first), (trees, 1)).astype(np.int16),
        "trees.right": np.tile(np.where(odd, first, second), (trees, 1)).astype(np.int8),
        "trees.value": np.abs(values) if "output" in fields else values,
        "trees.base": reals(drawn, (fields["outputs"],), dtype),
    }


def one_tree(splits: Sequence[Split | None], values: Sequence[float]) -> Arrays:
    """One tree of one output: a split or None for each node, and all nodes' values."""
    drawn = [split or (-1, 0.0, -1, -1) for split in splits]
    return {
        "trees.feature": np.array([[one[0] for one in drawn]], np.int32),
        "trees.threshold": np.array([[one[1] for one in drawn]], np.float32),
        "trees.left": np.array([[one[2] for one in drawn]], np.int32),
        "trees.right": np.array([[one[3] for one in drawn]], np.int32),
        "trees.value": np.array(values, np.float32).reshape(1, -1, 1),
        "trees.base": np.zeros(1, np.float32),
    }


def full(name: str, fields: Mapping[str, Any], metric: str, dtype: Any = np.float32, **changed: Any) -> Case:
    model = complete(name, fields, dtype) | changed.pop("model", {})
    return Case(name, fields, metric, dtype=dtype, model=model, **changed)


def stump(threshold: float) -> Arrays:
    return one_tree([(0, threshold, 1, 2), None, None], [0, -1, 1])


def changed(name: str, tree: int, node: int, value: int) -> Arrays:
    """A model of `LOGIT` with one whole number changed."""
    tensor = complete("", LOGIT)[name].astype(np.int32)
    tensor[tree, node] = value
    return {name: tensor}


KINDS = {"one logit": LOGIT, "logits": LOGITS, "a forest": FOREST, "a forest of two classes": TWO, "values": VALUE}
BY_KIND = [
    full(f"trees: {kind}, {metric}, {np.dtype(dtype).name}", fields, metric, dtype)
    for kind, fields in KINDS.items()
    for metric in (FOR_VALUES if fields is VALUE else FOR_CLASSES if fields["outputs"] == 3 else FOR_TWO_CLASSES)
    for dtype in (np.float32, np.float16)
]

EDGES = [
    Case(
        "trees: at the threshold, and next to it",
        STUMP,
        "mse",
        model=stump(1.5),
        holdout={"x": column(1.5, np.nextafter(np.float32(1.5), 2), -1.5, 9), "y": floats(-1, 1, -1, 1)},
    ),
    Case(
        "trees: zeros are equal",
        STUMP,
        "mse",
        model=stump(-0.0),
        holdout={"x": column(0.0, -0.0, TINY, -TINY), "y": floats(-1, -1, 1, -1)},
    ),
    Case(
        "trees: a threshold below zero, and the largest features",
        STUMP,
        "mse",
        model=stump(-2.5),
        holdout={"x": column(-2.5, -2.75, -3e38, 3e38), "y": floats(-1, -1, -1, 1)},
    ),
    Case(
        "trees: nothing but a leaf",
        STUMP,
        "mae",
        model=one_tree([None, None, None], [3, 0, 0]),
        holdout={"x": column(1, 2), "y": floats(3, 5)},
    ),
    Case(
        "trees: a chain, whose leaves come before it goes on",
        STUMP | {"nodes": 9, "depth": 4},
        "mae",
        model=one_tree(
            [(0, 1, 1, 2), None, (0, 2, 3, 4), None, (0, 3, 5, 6), None, (0, 4, 7, 8), None, None],
            [0, 1, 0, 2, 0, 4, 0, 8, 16],
        ),
        holdout={"x": column(0, 1.5, 2.5, 3.5, 4.5), "y": floats(1, 2, 4, 8, 17)},
    ),
    Case(
        "trees: a tree that no node leads to",
        STUMP | {"nodes": 7},
        "mae",
        model=one_tree([(0, 0, 2, 1), None, None, None, (0, 0, 5, 6), None, None], [0, 1, 2, 0, 0, 9, 9]),
        holdout={"x": column(-1, 1), "y": floats(2, 1)},
    ),
    full(
        "trees: values of very different size",
        VALUE,
        "r2",
        model={"trees.value": np.float32(2.0) ** -np.arange(75, dtype=np.float32).reshape(5, 15, 1)},
    ),
    full(
        "trees: a sum beyond the bound of activations",
        VALUE,
        "r2",
        model={"trees.value": np.full((5, 15, 1), 3e38, np.float32)},
    ),
    full(
        "trees: probabilities of nothing",
        FOREST,
        "log_loss",
        model={"trees.value": np.zeros((5, 15, 3), np.float32), "trees.base": floats(0, -1, 2.0**-41)},
    ),
    full("trees: one row", LOGIT, "accuracy", rows=1),
    full("trees: many trees", LOGIT | {"trees": 33}, "log_loss", rows=3),
]

REFUSALS = [
    full(
        "trees: a child before its parent",
        LOGIT,
        "accuracy",
        model=changed("trees.left", 2, 1, 0),
        refusal="MALFORMED_TREE",
    ),
    full(
        "trees: a node that is its own child",
        LOGIT,
        "accuracy",
        model=changed("trees.left", 2, 1, 1),
        refusal="MALFORMED_TREE",
    ),
    full(
        "trees: a child that is not there",
        LOGIT,
        "accuracy",
        model=changed("trees.right", 0, 0, 15),
        refusal="MALFORMED_TREE",
    ),
    full("trees: a child of two", LOGIT, "accuracy", model=changed("trees.right", 4, 0, 1), refusal="MALFORMED_TREE"),
    full(
        "trees: a negative child", LOGIT, "accuracy", model=changed("trees.right", 4, 0, -1), refusal="MALFORMED_TREE"
    ),
    full(
        "trees: a feature too large",
        LOGIT,
        "accuracy",
        model=changed("trees.feature", 1, 2, 4),
        refusal="MALFORMED_TREE",
    ),
    full(
        "trees: a feature below -1",
        LOGIT,
        "accuracy",
        model=changed("trees.feature", 1, 2, -2),
        refusal="MALFORMED_TREE",
    ),
    full("trees: too deep", LOGIT | {"depth": 2}, "accuracy", refusal="TREE_TOO_DEEP"),
    full(
        "trees: a threshold that is no number",
        LOGIT,
        "accuracy",
        model={"trees.threshold": np.full((5, 15), np.nan, np.float32)},
        refusal="NOT_FINITE",
    ),
    full(
        "trees: features as reals",
        LOGIT,
        "accuracy",
        model={"trees.feature": np.zeros((5, 15), np.float32)},
        refusal="UNSUPPORTED_DTYPE",
    ),
]

CASES = [*BY_KIND, *EDGES, *REFUSALS]
