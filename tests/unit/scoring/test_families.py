"""What the families' architectures may be, and what their models must not be."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from deml.scoring import parse_architecture
from deml.scoring.architecture import TensorKind
from deml.scoring.errors import (
    ArchitectureOutOfBounds,
    LayerDoesNotFit,
    MalformedArchitecture,
    MalformedTree,
    TokenOutOfRange,
    TreeTooDeep,
)
from deml.scoring.forests import walk
from deml.scoring.task import Task
from tests.property.expected_failures import attempt
from tests.unit.scoring.scoring_files import architecture_of, holdout_of, model_of, score_of

TREES = {"family": "trees", "task": "classification", "inputs": 3, "outputs": 4, "trees": 2, "nodes": 5, "depth": 2}
CENTROIDS = {"family": "centroids", "inputs": 3, "outputs": 4, "per_class": 2}
BAG = {
    "family": "embedding_bag",
    "task": "classification",
    "vocabulary": 10,
    "length": 6,
    "dimension": 3,
    "mode": "mean",
    "hidden": [5],
    "outputs": 4,
}
CONV = {"kind": "conv2d", "channels": 6, "kernel": [3, 2], "stride": [2, 1], "padding": [1, 0], "groups": 2}
POOL = {"kind": "max_pool", "kernel": [2, 3]}
FLATTEN = {"kind": "flatten"}
UNITS = {"kind": "dense", "units": 4}
CNN = {"family": "cnn", "task": "classification", "shape": [2, 8, 7], "layers": [CONV, POOL, FLATTEN, UNITS]}


def cnn(*layers: dict[str, Any], shape: tuple[int, ...] = (2, 8, 7)) -> dict[str, Any]:
    return CNN | {"shape": list(shape), "layers": list(layers)}


@pytest.mark.parametrize("fields", [TREES, CENTROIDS, BAG, CNN], ids=["trees", "centroids", "embedding bag", "cnn"])
def test_each_family_reads_its_fields(fields):
    architecture = architecture_of(fields)
    inputs = {"cnn": 112, "embedding_bag": 6}.get(fields["family"], 3)
    assert (architecture.task, architecture.classes, architecture.outputs) == (Task.CLASSIFICATION, 4, 4)
    assert architecture.inputs == inputs
    assert architecture.features is (TensorKind.INTEGER if fields is BAG else TensorKind.REAL)


@pytest.mark.parametrize(
    ("fields", "shapes"),
    [
        (
            TREES,
            {
                "trees.feature": (2, 5),
                "trees.threshold": (2, 5),
                "trees.left": (2, 5),
                "trees.right": (2, 5),
                "trees.value": (2, 5, 4),
                "trees.base": (4,),
            },
        ),
        (CENTROIDS, {"centroids.points": (8, 3)}),
        (
            CENTROIDS | {"standardize": True},
            {"standardize.mean": (3,), "standardize.scale": (3,), "centroids.points": (8, 3)},
        ),
        (
            BAG,
            {
                "embedding.weight": (10, 3),
                "layers.0.weight": (5, 3),
                "layers.0.bias": (5,),
                "layers.1.weight": (4, 5),
                "layers.1.bias": (4,),
            },
        ),
        (
            CNN,
            {
                "layers.0.weight": (6, 1, 3, 2),
                "layers.0.bias": (6,),
                "layers.3.weight": (4, 6 * 2 * 2),
                "layers.3.bias": (4,),
            },
        ),
    ],
)
def test_tensors_have_the_shapes_of_the_specification(fields, shapes):
    architecture = architecture_of(fields)
    assert {name: spec.shape for name, spec in architecture.tensor_specs().items()} == shapes
    assert architecture.parameters == sum(int(np.prod(shape)) for shape in shapes.values())


MALFORMED = [
    TREES | {"output": "votes"},
    TREES | {"depth": 2.0},
    {name: value for name, value in TREES.items() if name != "nodes"},
    CENTROIDS | {"task": "classification"},
    BAG | {"mode": "max"},
    BAG | {"hidden": 5},
    BAG | {"activation": "none"},
    CNN | {"layers": "conv2d"},
    CNN | {"layers": [FLATTEN, "dense"]},
    CNN | {"layers": [FLATTEN | {"kernel": [2, 2]}, UNITS]},
    CNN | {"layers": [{"kind": "softmax"}]},
    CNN | {"layers": [CONV | {"kernel": 3}, FLATTEN, UNITS]},
    CNN | {"layers": [CONV | {"stride": [1]}, FLATTEN, UNITS]},
    CNN | {"layers": [POOL | {"padding": [0, 0]}, FLATTEN, UNITS]},
    CNN | {"layers": [CONV | {"activation": "swish"}, FLATTEN, UNITS]},
    CNN | {"shape": 8},
]


@pytest.mark.parametrize("fields", MALFORMED, ids=range(len(MALFORMED)))
def test_malformed_architectures_are_refused(fields):
    assert isinstance(attempt(lambda: parse_architecture(json.dumps(fields))), MalformedArchitecture)


OUT_OF_BOUNDS = [
    (TREES | {"trees": 4_097}, "trees"),
    (TREES | {"nodes": 32_768}, "nodes"),
    (TREES | {"depth": 65}, "depth"),
    (TREES | {"trees": 4_096, "nodes": 1_000}, "numbers of all trees"),
    (TREES | {"outputs": 1, "output": "probabilities"}, "outputs"),
    (TREES | {"task": "regression"}, "outputs"),
    (CENTROIDS | {"outputs": 1}, "outputs"),
    (CENTROIDS | {"per_class": 2_049}, "per_class"),
    (BAG | {"vocabulary": 0}, "vocabulary"),
    (BAG | {"vocabulary": 2**20, "dimension": 3}, "vocabulary times dimension"),
    (BAG | {"length": 60_000, "dimension": 20}, "length times dimension"),
    (cnn(FLATTEN, UNITS | {"units": 1_025}), "units of the last layer"),
    (cnn(FLATTEN, UNITS) | {"task": "regression"}, "units of the last layer"),
    (cnn(FLATTEN, UNITS, shape=(1, 300, 300)), "number of inputs"),
    (cnn(FLATTEN, UNITS, shape=(2_000, 1, 1)), "channels"),
    (cnn(FLATTEN, UNITS, shape=(2, 2)), "length of shape"),
    (cnn(CONV | {"kernel": [33, 1]}, FLATTEN, UNITS), "kernel"),
    (cnn(CONV | {"stride": [0, 1]}, FLATTEN, UNITS), "stride"),
    (cnn(*[POOL | {"kernel": [1, 1]}] * 31, FLATTEN, UNITS), "number of layers"),
    (
        cnn(*[{"kind": "conv2d", "channels": 1, "kernel": [27, 27], "padding": [13, 13]}] * 3, FLATTEN, UNITS),
        "number of places in all windows",
    ),
    (
        cnn({"kind": "conv2d", "channels": 64, "kernel": [1, 1]}, FLATTEN, UNITS, shape=(1, 64, 64)),
        "numbers after layer 0",
    ),
    (
        cnn(
            {"kind": "conv2d", "channels": 1, "kernel": [32, 32], "padding": [16, 16]},
            FLATTEN,
            UNITS,
            shape=(1, 64, 64),
        ),
        "numbers that layer 0 holds at once",
    ),
    (
        cnn(
            CONV | {"channels": 1_024, "groups": 1_024, "kernel": [32, 32], "stride": [32, 32], "padding": [31, 31]},
            FLATTEN,
            UNITS,
            shape=(1_024, 1, 1),
        ),
        "numbers that layer 0 holds at once",
    ),
    (cnn(CONV | {"kernel": [32, 32], "padding": [32, 0]}, FLATTEN, UNITS), "padding"),
]


@pytest.mark.parametrize(("fields", "name"), OUT_OF_BOUNDS, ids=[name for _, name in OUT_OF_BOUNDS])
def test_sizes_out_of_bounds_are_refused(fields, name: str):
    failure = attempt(lambda: architecture_of(fields))
    assert isinstance(failure, ArchitectureOutOfBounds)
    assert failure.field == name


UNFIT = [
    cnn(CONV | {"kernel": [3, 8]}, FLATTEN, UNITS),
    cnn(CONV, POOL | {"kernel": [5, 1]}, FLATTEN, UNITS),
    cnn(CONV | {"groups": 4}, FLATTEN, UNITS),
    cnn(CONV | {"channels": 5}, FLATTEN, UNITS),
    cnn(CONV | {"padding": [3, 0]}, FLATTEN, UNITS),
    cnn(CONV | {"padding": [0, 2]}, FLATTEN, UNITS),
    cnn(UNITS),
    cnn(FLATTEN, CONV),
    cnn(FLATTEN, FLATTEN, UNITS),
    cnn(CONV, FLATTEN),
    cnn(FLATTEN, UNITS | {"activation": "relu"}),
]


@pytest.mark.parametrize("fields", UNFIT, ids=range(len(UNFIT)))
def test_layers_that_do_not_fit_are_refused(fields):
    assert isinstance(attempt(lambda: architecture_of(fields)), LayerDoesNotFit)


def test_the_largest_architectures_are_taken():
    architecture_of(TREES | {"trees": 4_096, "nodes": 127, "outputs": 4, "depth": 64})
    architecture_of(CENTROIDS | {"outputs": 1_024, "per_class": 8, "inputs": 65_536})
    architecture_of(BAG | {"vocabulary": 2**20, "dimension": 2, "length": 65_536})
    architecture_of(cnn(CONV | {"kernel": [10, 7]}, FLATTEN, UNITS))
    architecture_of(cnn(FLATTEN, UNITS, shape=(1, 256, 256)))


ONE = {"family": "trees", "task": "regression", "inputs": 2, "outputs": 1, "trees": 1, "nodes": 5, "depth": 2}


def tree(feature: list[int], left: list[int], right: list[int]) -> dict[str, np.ndarray]:
    return {
        "trees.feature": np.array([feature], np.int32),
        "trees.threshold": np.zeros((1, len(feature)), np.float32),
        "trees.left": np.array([left], np.int32),
        "trees.right": np.array([right], np.int32),
        "trees.value": np.arange(len(feature), dtype=np.float32).reshape(1, -1, 1),
        "trees.base": np.zeros(1, np.float32),
    }


HOSTILE = {
    "a cycle": tree([0, 0, -1, -1, -1], [1, 0, 0, 0, 0], [2, 3, 0, 0, 0]),
    "a node that is its own child": tree([0, 0, -1, -1, -1], [1, 1, 0, 0, 0], [2, 3, 0, 0, 0]),
    "children out of order": tree([0, -1, 0, -1, -1], [2, 0, 1, 0, 0], [3, 0, 4, 0, 0]),
    "one child on both sides": tree([0, -1, -1, -1, -1], [1, 0, 0, 0, 0], [1, 0, 0, 0, 0]),
    "a child shared by two": tree([0, 0, -1, -1, -1], [1, 3, 0, 0, 0], [2, 2, 0, 0, 0]),
    "a child behind the last node": tree([0, -1, -1, -1, -1], [1, 0, 0, 0, 0], [5, 0, 0, 0, 0]),
    "a child of the largest number": tree([0, -1, -1, -1, -1], [1, 0, 0, 0, 0], [2**31 - 1, 0, 0, 0, 0]),
    "a negative child": tree([0, -1, -1, -1, -1], [-(2**31), 0, 0, 0, 0], [1, 0, 0, 0, 0]),
    "a feature behind the last": tree([2, -1, -1, -1, -1], [1, 0, 0, 0, 0], [2, 0, 0, 0, 0]),
    "a feature below -1": tree([0, -2, -1, -1, -1], [1, 0, 0, 0, 0], [2, 0, 0, 0, 0]),
    "a cycle that no row reaches": tree([-1, -1, 0, 0, -1], [0, 0, 3, 2, 0], [0, 0, 4, 4, 0]),
}


@pytest.mark.parametrize("tensors", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_tree_is_refused(tensors):
    assert isinstance(attempt(lambda: model_of(architecture_of(ONE), tensors)), MalformedTree)


def test_the_error_names_tree_and_node():
    failure = attempt(lambda: model_of(architecture_of(ONE), HOSTILE["a feature below -1"]))
    assert str(failure) == "Node 1 of tree 0 has a feature that is neither an input nor -1."


def test_trees_deeper_than_announced_are_refused():
    chain = tree([0, -1, 0, -1, -1], [1, 0, 3, 0, 0], [2, 0, 4, 0, 0])
    assert model_of(architecture_of(ONE), chain)
    assert isinstance(attempt(lambda: model_of(architecture_of(ONE | {"depth": 1}), chain)), TreeTooDeep)


def test_a_chain_of_the_most_nodes_is_refused_in_no_time():
    """It goes on for 16,383 levels; no more are looked at than the architecture allows."""
    nodes = 32_767
    numbers = np.arange(nodes)
    inner = (numbers % 2 == 0) & (numbers < nodes - 2)
    tensors = tree([0] * nodes, [0] * nodes, [0] * nodes) | {
        "trees.feature": np.where(inner, 0, -1).astype(np.int8)[None],
        "trees.left": np.where(inner, numbers + 1, 0).astype(np.int16)[None],
        "trees.right": np.where(inner, numbers + 2, 0).astype(np.int16)[None],
    }
    architecture = architecture_of(ONE | {"nodes": nodes, "depth": 64})
    assert isinstance(attempt(lambda: model_of(architecture, tensors)), TreeTooDeep)


def test_leaves_may_hold_any_children_and_thresholds():
    tensors = tree([0, -1, -1, -1, -1], [1, 99, -7, 2**31 - 1, 0], [2, 0, 1, 1, -(2**31)])
    x, y = np.array([[-1, 0], [1, 0]], np.float32), np.array([1, 2], np.float32)
    assert score_of(ONE, tensors, "mse", x, y) == 0


def test_a_forest_of_many_rows_and_trees_is_walked_in_blocks(monkeypatch: pytest.MonkeyPatch):
    random = np.random.default_rng(0)
    tensors = tree([0, 1, 0, -1, -1, -1, -1], [1, 3, 5, 0, 0, 0, 0], [2, 4, 6, 0, 0, 0, 0])
    fields = ONE | {"nodes": 7, "trees": 3}
    tensors = {name: np.repeat(one, 3, axis=0) if one.ndim > 1 else one for name, one in tensors.items()}
    tensors["trees.threshold"] = random.normal(size=(3, 7)).astype(np.float32)
    x, y = random.normal(size=(100, 2)).astype(np.float32), np.arange(100, dtype=np.float32)
    at_once = score_of(fields, tensors, "r2", x, y)
    monkeypatch.setattr(walk, "BLOCK_ELEMENTS", 21)
    assert score_of(fields, tensors, "r2", x, y) == at_once


@pytest.mark.parametrize("token", [-2, 10, 2**31 - 1, -(2**31)])
def test_tokens_outside_the_vocabulary_are_refused(token: int):
    x = np.array([[0, 9, -1, 1, 2, token]], np.int32)
    failure = attempt(lambda: holdout_of(architecture_of(BAG), "accuracy", x, np.array([0])))
    assert isinstance(failure, TokenOutOfRange)
    assert failure.token == token
