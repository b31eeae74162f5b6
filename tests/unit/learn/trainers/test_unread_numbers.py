"""What scoring does not read is zero in what leaves; what is left is read, and says what it said."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deml.scoring import Architecture, load_model, parse_architecture
from deml.scoring.errors import BadStandardizer, MalformedTree
from deml.scoring.families import FAMILIES
from deml.scoring.families.trees import CompiledForest
from deml.scoring.safetensors import read_tensors, write_tensors
from deml_learn.sandbox.interface import MIB, Left
from deml_learn.trainers.contract import MODEL
from deml_learn.trainers.errors import OutputRefused
from deml_learn.trainers.gate import let_out
from deml_learn.trainers.unread import cleared
from tests.support.random_models import random_architecture, random_holdout, random_model

Arrays = dict[str, np.ndarray]
ROW = np.array([61.25, 1.53125, 182.5, 77.75], np.float32)
"""What must not leave."""


def drawn(family: str, seed: int) -> tuple[Architecture, Arrays, np.ndarray]:
    draw = Random(seed)
    architecture = parse_architecture(json.dumps(random_architecture(family, draw)))
    return architecture, random_model(architecture, draw), random_holdout(architecture, draw, 30)["x"]


def read(architecture: Architecture, tensors: Mapping[str, np.ndarray]) -> Mapping[str, Any]:
    return load_model(architecture, write_tensors(tensors)).tensors


def outputs(architecture: Architecture, tensors: Mapping[str, Any], x: np.ndarray) -> np.ndarray:
    wide = x if x.dtype.kind == "i" else x.astype(np.float32).astype(np.float64)
    return architecture.forward(architecture.compile(tensors), architecture.prepare(wide))


def parts(compiled: Any) -> Iterator[bytes]:
    """All numbers of a compiled model, in their order; of a forest, those that rows are walked by."""
    if isinstance(compiled, CompiledForest):
        yield from parts([compiled.walk, compiled.base])
    elif isinstance(compiled, np.ndarray):
        yield compiled.tobytes()
    elif isinstance(compiled, list | tuple):
        for one in compiled:
            yield from parts(one)
    elif hasattr(compiled, "args"):
        yield from parts(list(compiled.args))
    elif hasattr(compiled, "__slots__"):
        for name in compiled.__slots__:
            yield from parts(getattr(compiled, name))


@pytest.mark.parametrize("family", FAMILIES)
@given(seed=st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_a_model_says_what_it_said_and_is_cleared_once_and_for_all(family: str, seed: int):
    architecture, tensors, x = drawn(family, seed)
    before = read(architecture, tensors)
    after = cleared(architecture, before)
    exact = family in ("trees", "centroids")
    np.testing.assert_allclose(
        outputs(architecture, after, x),
        outputs(architecture, before, x),
        rtol=0 if exact else 1e-5,
        atol=0 if exact else 1e-4,
    )
    again = cleared(architecture, after)
    for name, one in after.items():
        np.testing.assert_array_equal(again[name], one)
    architecture.check(after)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("seed", range(4))
def test_every_number_that_is_left_is_read(family: str, seed: int):
    """Each that is not zero is made zero (a leaf's feature: a split's) in turn: the compiled model is another one."""
    architecture, tensors, _ = drawn(family, seed)
    left = cleared(architecture, read(architecture, tensors))
    whole = list(parts(architecture.compile(left)))
    random = Random(seed)
    for name, one in left.items():
        idle = -1 if name == "trees.feature" else 0
        places = [tuple(place) for place in np.argwhere(one != idle)]
        for place in random.sample(places, min(40, len(places))):
            changed = {**left, name: one.copy()}
            changed[name][place] = idle
            if name.startswith("trees.") and name not in ("trees.value", "trees.base"):
                changed[name][place] = -1 if name == "trees.feature" else 10**6 if name != "trees.threshold" else 1e9
            if name.endswith("scale"):
                changed[name][place] = 123.0
            assert _is_another(architecture, changed, whole), (name, place)


def _is_another(architecture: Architecture, changed: Mapping[str, np.ndarray], whole: list[bytes]) -> bool:
    """Refused, or another model: so the number is read."""
    try:
        architecture.check(changed)
    except (MalformedTree, BadStandardizer):
        return True
    return list(parts(architecture.compile(changed))) != whole


def gate(fields: dict[str, Any], tensors: Arrays, initial: Arrays | None = None) -> Arrays:
    architecture = parse_architecture(json.dumps(fields))
    file = write_tensors(tensors)
    start = None if initial is None else load_model(architecture, write_tensors(initial))
    return read_tensors(let_out([Left(MODEL, "file", 1, len(file), file)], architecture, start, MIB, {}))


def holds_the_row(tensors: Arrays) -> bool:
    numbers = {float(one) for tensor in tensors.values() for one in tensor.ravel()}
    return bool(numbers & {float(one) for one in ROW})


TREES = {"family": "trees", "task": "classification", "inputs": 4, "outputs": 1, "trees": 1, "nodes": 15, "depth": 6}
MLP = {"family": "mlp", "task": "classification", "inputs": 4, "hidden": [3], "outputs": 1}
LOGISTIC = {"family": "logistic", "inputs": 4, "outputs": 1, "standardize": True}
KERNELS = {"kind": "conv2d", "channels": 2, "kernel": [3, 3], "padding": [2, 2], "stride": [3, 3], "activation": "relu"}
IMAGES = {
    "family": "cnn",
    "task": "classification",
    "shape": [1, 2, 2],
    "layers": [KERNELS, {"kind": "flatten"}, {"kind": "dense", "units": 1}],
}
TOKENS = {
    "family": "embedding_bag",
    "task": "classification",
    "mode": "sum",
    "vocabulary": 4,
    "length": 3,
    "dimension": 2,
    "hidden": [],
    "outputs": 1,
}


class TestTrees:
    def tree(self) -> Arrays:
        """Node 0 splits feature 0 at 5; 1 and 2 are leaves."""
        made = {
            "trees.feature": np.full((1, 15), -1, np.int32),
            "trees.threshold": np.zeros((1, 15), np.float32),
            "trees.left": np.zeros((1, 15), np.int32),
            "trees.right": np.zeros((1, 15), np.int32),
            "trees.value": np.zeros((1, 15, 1), np.float32),
            "trees.base": np.zeros(1, np.float32),
        }
        self.split(made, 0, 5.0, (1, 2))
        made["trees.value"][0, 1:3, 0] = (-1, 1)
        return made

    def split(self, made: Arrays, node: int, threshold: float, children: tuple[int, int], feature: int = 0) -> None:
        made["trees.feature"][0, node], made["trees.threshold"][0, node] = feature, threshold
        made["trees.left"][0, node], made["trees.right"][0, node] = children

    @pytest.mark.parametrize(
        ("name", "places"),
        [
            ("trees.threshold", slice(1, 5)),
            ("trees.threshold", slice(8, 12)),
            ("trees.value", slice(6, 10)),
            ("trees.value", slice(0, 1)),
            ("trees.left", slice(1, 5)),
            ("trees.right", slice(9, 13)),
        ],
        ids=["leaves", "unused nodes", "unused values", "a split's value", "leaves' children", "unused children"],
    )
    def test_rows_in_places_of_no_use(self, name: str, places: slice):
        clean, made = self.tree(), self.tree()
        made[name][0, places] = ROW.astype(made[name].dtype)[: len(made[name][0, places])].reshape(
            made[name][0, places].shape
        )
        assert {one: tensor.tolist() for one, tensor in gate(TREES, made).items()} == {
            one: tensor.tolist() for one, tensor in clean.items()
        }

    def test_rows_in_a_tree_beside_the_tree(self):
        """Nodes that are splits, and children of each other, to which no way leads from the root."""
        made = self.tree()
        for node, threshold in zip((3, 5, 7, 9), ROW, strict=True):
            self.split(made, node, threshold, (node + 1, node + 2), feature=1)
        assert not holds_the_row(gate(TREES, made))

    def test_rows_in_branches_that_were_decided_above(self):
        """Where feature 0 is at most 5, it is never above 7: what stands there is never read."""
        made = self.tree()
        self.split(made, 1, 7.0, (3, 4))
        made["trees.value"][0, 3] = -1
        for node, threshold in zip((4, 6, 8), ROW, strict=False):
            self.split(made, node, threshold, (node + 1, node + 2), feature=1)
            made["trees.value"][0, node + 1] = threshold
        assert not holds_the_row(gate(TREES, made))

    def test_rows_in_splits_of_two_equal_leaves(self):
        made = self.tree()
        self.split(made, 2, ROW[0], (3, 4), feature=2)
        made["trees.value"][0, 3:5, 0] = 1
        assert gate(TREES, made)["trees.threshold"].tolist() == self.tree()["trees.threshold"].tolist()

    def test_rows_in_splits_of_two_equal_branches(self):
        """Both sides ask the same and say the same: what the splits above them ask is of no use."""
        made = self.tree()
        self.split(made, 0, ROW[0], (1, 2), feature=2)
        for node, threshold in ((1, ROW[1]), (2, ROW[2])):
            self.split(made, node, threshold, (2 * node + 1, 2 * node + 2), feature=1)
        for node in range(3, 7):
            self.split(made, node, 5.0, (2 * node + 1, 2 * node + 2))
            made["trees.value"][0, 2 * node + 1 : 2 * node + 3, 0] = (-1, 1)
        made["trees.value"][0, :7] = 0
        assert {one: tensor.tolist() for one, tensor in gate(TREES, made).items()} == {
            one: tensor.tolist() for one, tensor in self.tree().items()
        }

    def test_a_message_in_the_order_of_nodes(self):
        """Two ways to number the same tree come out as one."""
        made = self.tree()
        self.split(made, 0, 5.0, (9, 4))
        made["trees.value"][0] = 0
        made["trees.value"][0, [9, 4], 0] = (-1, 1)
        assert {one: tensor.tolist() for one, tensor in gate(TREES, made).items()} == {
            one: tensor.tolist() for one, tensor in self.tree().items()
        }

    def test_leaves_too_small_to_be_added(self):
        made = self.tree()
        self.split(made, 2, 9.0, (3, 4))
        made["trees.value"][0, 3, 0], made["trees.value"][0, 4, 0] = 1e30, ROW[0]
        assert not holds_the_row(gate(TREES, made))


class TestLayers:
    def mlp(self) -> Arrays:
        return {
            "layers.0.weight": np.array([[1, 2, 3, 4], [5, 6, 7, 8], [9, 10, 11, 12]], np.float32),
            "layers.0.bias": np.array([1, 2, 3], np.float32),
            "layers.1.weight": np.array([[1, -1, 2]], np.float32),
            "layers.1.bias": np.array([0.5], np.float32),
        }

    def test_a_row_in_a_unit_that_nobody_looks_at(self):
        made = self.mlp()
        made["layers.0.weight"][1], made["layers.1.weight"][0, 1] = ROW, 0
        found = gate(MLP, made)
        assert not holds_the_row(found)
        assert found["layers.0.bias"].tolist() == [1, 0, 3]

    def test_a_row_in_the_weights_of_units_that_are_always_zero(self):
        made = self.mlp()
        made["layers.0.weight"][1:], made["layers.0.bias"][1:] = 0, -7
        made["layers.1.weight"][0, 1:] = ROW[:2]
        found = gate(MLP, made)
        assert not holds_the_row(found)
        assert found["layers.0.bias"].tolist() == [1, 0, 0]

    def test_a_row_in_digits_that_are_rounded_away(self):
        """Beside a weight of 1e30 the exact products see nothing of numbers of ordinary size."""
        made = self.mlp()
        made["layers.0.weight"][0] = [1e30, *ROW[:3]]
        assert not holds_the_row(gate(MLP, made))

    def test_a_message_in_the_signs_of_zeros(self):
        made = self.mlp()
        made["layers.0.weight"][0] = [0.0, -0.0, -0.0, 1.0]
        assert not np.signbit(gate(MLP, made)["layers.0.weight"]).any()

    @pytest.mark.parametrize("name", ["standardize.mean", "standardize.scale"])
    def test_a_row_as_another_standardising_than_the_initial_models(self, name: str):
        initial = {
            "standardize.mean": np.zeros(4, np.float32),
            "standardize.scale": np.ones(4, np.float32),
            "layers.0.weight": np.ones((1, 4), np.float32),
            "layers.0.bias": np.zeros(1, np.float32),
        }
        with pytest.raises(OutputRefused, match="not that of the initial model"):
            gate(LOGISTIC, initial | {name: ROW}, initial)
        assert gate(LOGISTIC, initial, initial).keys() == initial.keys()

    @pytest.mark.parametrize("dtype", [np.float32, np.float16])
    def test_the_initial_standardising_may_be_rounded_to_the_files_type(self, dtype: type):
        initial = {
            "standardize.mean": np.array([1 / 3, 2 / 3, 1e-3, 5], np.float32),
            "standardize.scale": np.ones(4, np.float32),
            "layers.0.weight": np.ones((1, 4), np.float32),
            "layers.0.bias": np.zeros(1, np.float32),
        }
        left = {name: one.astype(dtype) for name, one in initial.items()}
        found = gate(LOGISTIC, left, initial)
        assert all(np.array_equal(found[name], one) for name, one in left.items())

    def test_a_row_in_the_scales_of_zeros(self):
        made = self.mlp()
        made["layers.0.weight"], made["layers.0.weight:scale"] = np.zeros((3, 4), np.int8), ROW[:3]
        assert not holds_the_row(gate(MLP, made))

    def test_a_row_in_the_places_of_changes_by_nothing(self):
        initial, made = self.mlp(), self.mlp()
        del made["layers.0.weight"]
        made["layers.0.weight:delta"] = np.zeros(3, np.float32)
        made["layers.0.weight:skip"] = np.array([1, 0, 2], np.uint8)
        found = gate(MLP, made, initial)
        assert found["layers.0.weight"].tolist() == initial["layers.0.weight"].tolist()

    def test_half_precision_stays(self):
        made = {name: one.astype(np.float16) for name, one in self.mlp().items()}
        assert {one.dtype for one in gate(MLP, made).values()} == {np.dtype(np.float16)}


class TestImages:
    def cnn(self) -> Arrays:
        architecture = parse_architecture(json.dumps(IMAGES))
        return {name: np.ones(spec.shape, np.float32) for name, spec in architecture.tensor_specs().items()}

    def test_a_row_in_the_places_of_a_kernel_that_see_padding_alone(self):
        """With a stride of 3, lines 0 to 2 of the kernel lie on lines -2 to 0 and 1 to 3 of an image of two."""
        made = self.cnn()
        made["layers.0.weight"][0, 0, 1, :3] = ROW[:3]
        found = gate(IMAGES, made)["layers.0.weight"]
        x = np.random.default_rng(0).normal(size=(20, 4))
        architecture = parse_architecture(json.dumps(IMAGES))
        kernels = (made["layers.0.weight"], found)
        tried = (read(architecture, {**made, "layers.0.weight": one}) for one in kernels)
        before, after = (outputs(architecture, one, x) for one in tried)
        np.testing.assert_array_equal(before, after)
        assert not holds_the_row({"kernel": found})

    def test_a_row_in_a_channel_that_nobody_looks_at(self):
        made = self.cnn()
        made["layers.0.weight"][1] = ROW[0]
        per_channel = made["layers.2.weight"].shape[1] // 2
        made["layers.2.weight"][0, per_channel:] = 0
        assert not holds_the_row(gate(IMAGES, made))


def test_a_row_in_a_column_of_token_vectors_that_nobody_looks_at():
    made = {
        "embedding.weight": np.ones((4, 2), np.float32),
        "layers.0.weight": np.array([[1, 0]], np.float32),
        "layers.0.bias": np.zeros(1, np.float32),
    }
    made["embedding.weight"][:, 1] = ROW
    assert not holds_the_row(gate(TOKENS, made))
