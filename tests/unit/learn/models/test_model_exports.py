"""Models of every family written as ONNX: run by ONNX Runtime they say the same, and brought back they are the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from safetensors.numpy import load

from deml.scoring import Model, load_model, parse_architecture
from deml.scoring.families import FAMILIES
from deml.scoring.safetensors import write_tensors
from deml_learn.models.errors import Unexportable
from deml_learn.models.exits import probabilities
from deml_learn.models.export_safetensors import write_plain, write_sequential
from deml_learn.models.exporting import as_onnx
from deml_learn.models.imported import architecture_text
from deml_learn.models.kinds import ModelKind
from deml_learn.models.onnx.export import write_onnx
from deml_learn.models.onnx.file import read_onnx
from deml_learn.models.reading import ImportOptions, take
from tests.support.cases import case
from tests.unit.learn.models.imports import model_of, outputs_of

CASES: dict[str, dict[str, Any]] = {
    "linear": {"family": "linear", "inputs": 4, "standardize": True},
    "one logit": {"family": "logistic", "inputs": 4, "outputs": 1},
    "softmax": {"family": "logistic", "inputs": 4, "outputs": 3, "standardize": True},
    **{
        f"mlp with {activation}": {
            "family": "mlp",
            "task": "classification",
            "inputs": 4,
            "hidden": [6, 5],
            "outputs": 3,
            "activation": activation,
            "standardize": True,
        }
        for activation in ("relu", "leaky_relu", "tanh", "sigmoid", "gelu")
    },
    "mlp for a value": {"family": "mlp", "task": "regression", "inputs": 4, "hidden": [6], "outputs": 1},
    "images": {
        "family": "cnn",
        "task": "classification",
        "shape": [2, 6, 6],
        "layers": [
            {"kind": "conv2d", "channels": 4, "kernel": [3, 3], "padding": [1, 1], "activation": "relu"},
            {"kind": "max_pool", "kernel": [2, 2]},
            {"kind": "conv2d", "channels": 4, "kernel": [2, 2], "groups": 4, "activation": "tanh"},
            {"kind": "avg_pool", "kernel": [2, 2], "stride": [1, 1]},
            {"kind": "flatten"},
            {"kind": "dense", "units": 5, "activation": "gelu"},
            {"kind": "dense", "units": 3},
        ],
    },
    "trees for a value": {"family": "trees", "task": "regression", "inputs": 4, "outputs": 1},
    "trees for one logit": {"family": "trees", "task": "classification", "inputs": 4, "outputs": 1},
    "trees for logits": {"family": "trees", "task": "classification", "inputs": 4, "outputs": 3},
    "trees for two logits": {"family": "trees", "task": "classification", "inputs": 4, "outputs": 2},
    "trees for two probabilities": {
        "family": "trees",
        "task": "classification",
        "inputs": 4,
        "outputs": 2,
        "output": "probabilities",
    },
    "trees for probabilities": {
        "family": "trees",
        "task": "classification",
        "inputs": 4,
        "outputs": 3,
        "output": "probabilities",
    },
    "centroids": {"family": "centroids", "inputs": 4, "outputs": 3, "per_class": 1},
    "several centroids": {"family": "centroids", "inputs": 4, "outputs": 3, "per_class": 2, "standardize": True},
}
COMES_BACK = [name for name in CASES if "centroids" not in name]
SPLIT = {"trees": 3, "nodes": 5, "depth": 2}


def random_model(fields: dict[str, Any]) -> Model:
    random = np.random.default_rng(5)
    if fields["family"] == "trees":
        fields = fields | SPLIT
    architecture = parse_architecture(architecture_text(fields))
    tensors = {
        name: random.normal(size=spec.shape).astype(np.float32) for name, spec in architecture.tensor_specs().items()
    }
    if fields.get("standardize"):
        tensors["standardize.scale"] = np.abs(tensors["standardize.scale"]) + np.float32(0.1)
    if fields["family"] == "trees":
        tensors |= three_trees(tensors["trees.value"], "output" in fields)
        if "output" in fields or fields["outputs"] == 2:  # where the base would go into a tree
            tensors["trees.base"] = np.zeros(fields["outputs"], np.float32)
    return load_model(architecture, write_tensors(tensors))


def three_trees(value: np.ndarray, shares: bool) -> dict[str, np.ndarray]:
    """Roots that split, one child that splits too, leaves; as `deml model import` numbers them."""
    value = np.abs(value) / np.abs(value).sum(axis=2, keepdims=True) / 3 if shares else value
    feature = np.array([[0, 1, -1, -1, -1], [2, -1, 3, -1, -1], [1, -1, -1, -1, -1]], np.int16)
    left = np.array([[1, 2, 0, 0, 0], [1, 0, 3, 0, 0], [1, 0, 0, 0, 0]], np.int16)
    right = np.array([[4, 3, 0, 0, 0], [2, 0, 4, 0, 0], [2, 0, 0, 0, 0]], np.int16)
    leaf = feature < 0
    leaf[2, 3:] = False
    return {
        "trees.feature": feature,
        "trees.left": left,
        "trees.right": right,
        "trees.threshold": np.where(feature >= 0, np.float32(0.125), np.float32(0)),
        "trees.value": np.where(leaf[..., None], value, 0).astype(np.float32),
    }


def test_every_family_but_embedding_bags_is_tried():
    assert {fields["family"] for fields in CASES.values()} == set(FAMILIES) - {"embedding_bag"}


@pytest.mark.parametrize("name", CASES)
def test_onnx_runtime_predicts_the_same(name: str):
    model = random_model(CASES[name])
    x = np.random.default_rng(6).normal(size=(50, model.architecture.inputs)).astype(np.float32)
    ours = outputs_of(model, x)
    session = onnxruntime.InferenceSession(
        write_onnx(model.architecture, model.tensors), providers=["CPUExecutionProvider"]
    )
    last = session.get_outputs()[-1].name
    (theirs,) = session.run([last], {"x": x.reshape(-1, *session.get_inputs()[0].shape[1:])})
    if last == "values":
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5)
        return
    shares = probabilities(ours)
    np.testing.assert_allclose(shares[:, -theirs.shape[1] :], theirs, atol=1e-5)
    assert np.array_equal(
        np.argmax(shares, axis=1), np.argmax(theirs, axis=1) if theirs.shape[1] > 1 else theirs[:, 0] > 0.5
    )


@pytest.mark.usefixtures("in_this_process")
@pytest.mark.parametrize("outputs", [1, 2, 3])
@pytest.mark.parametrize("shares", [False, True])
@pytest.mark.parametrize("base", ["zero", "equal", "unequal", "negative"])
def test_forests_with_every_base_say_in_onnx_runtime_what_the_engine_says(outputs: int, shares: bool, base: str):
    """ONNX Runtime makes [-0.84, 0.84] of two probabilities where there are base values, zeros among them."""
    if shares and outputs == 1:
        return
    fields = {"family": "trees", "task": "classification", "inputs": 4, "outputs": outputs}
    model = random_model(fields | ({"output": "probabilities"} if shares else {}))
    values = {"zero": [0.0, 0.0, 0.0], "equal": [0.1] * 3, "unequal": [0.3, 0.1, 0.2], "negative": [-0.1, 0.2, 0.1]}
    if shares and base == "negative":
        values["negative"] = [0.0, 0.2, 0.0]
    tensors = {
        name: one.astype(np.float32 if one.dtype == np.float64 else one.dtype) for name, one in model.tensors.items()
    }
    tensors["trees.base"] = np.array(values[base][:outputs], np.float32)
    assert as_onnx(load_model(model.architecture, write_tensors(tensors))).judge == "run by ONNX Runtime"


@pytest.mark.parametrize("name", COMES_BACK)
def test_what_comes_back_is_identical(name: str):
    model = random_model(CASES[name])
    source = read_onnx(write_onnx(model.architecture, model.tensors), model.architecture.task.value)
    back = model_of(source.form)
    assert back.architecture == model.architecture
    assert list(back.tensors) == list(model.tensors)
    for tensor, values in model.tensors.items():
        assert np.array_equal(back.tensors[tensor], values), tensor


def test_centroids_come_back_as_a_logistic_model():
    model = random_model(CASES["centroids"])
    source = read_onnx(write_onnx(model.architecture, model.tensors), None)
    x = np.random.default_rng(6).normal(size=(50, 4))
    assert source.form.fields()["family"] == "logistic"
    np.testing.assert_allclose(outputs_of(model_of(source.form), x), outputs_of(model, x), rtol=1e-4, atol=1e-5)


def test_an_embedding_bag_has_no_operators_there():
    fields = {"family": "embedding_bag", "task": "classification", "vocabulary": 5, "length": 3, "dimension": 2}
    model = random_model(fields | {"mode": "mean", "hidden": [], "outputs": 2})
    with pytest.raises(Unexportable, match="family"):
        write_onnx(model.architecture, model.tensors)


def test_plain_safetensors_hold_every_number_in_float32():
    model = random_model(CASES["mlp with relu"])
    found = load(write_plain(model.architecture, model.tensors))
    assert {one.dtype for one in found.values()} == {np.dtype(np.float32)}
    assert all(np.array_equal(found[name], values) for name, values in model.tensors.items())


@pytest.mark.parametrize(
    ("name", "places"),
    [("mlp with tanh", ["0", "2", "4"]), ("images", ["0", "3", "7", "9"])],
)
def test_torch_names_count_activations_as_places(name: str, places: list[str], tmp_path: Path):
    model = random_model(CASES[name])
    path = tmp_path / "state.safetensors"
    path.write_bytes(write_sequential(model.architecture, model.tensors))
    assert sorted({one.split(".")[0] for one in load(path.read_bytes())}) == places
    wanted = {field: value for field, value in CASES[name].items() if field != "standardize"}
    back = take(path, ModelKind.STATE_DICT, ImportOptions(wanted)).imported.model
    x = np.random.default_rng(8).normal(size=(20, model.architecture.inputs))
    np.testing.assert_allclose(outputs_of(back, x), outputs_of(model, x), rtol=1e-4, atol=1e-4)


def test_the_forest_of_two_classes_from_the_field_says_in_onnx_runtime_what_it_says_here():
    folder = "export-two-class-forest"
    architecture = parse_architecture(case(f"{folder}/out-p-dt1.architecture.json").read_text())
    model = load_model(architecture, case(f"{folder}/out-p-dt1.safetensors").read_bytes())
    x = np.random.default_rng(7).normal(size=(200, architecture.inputs)).astype(np.float32)
    said = []
    for file in (write_onnx(architecture, model.tensors), case(f"{folder}/nobase.onnx").read_bytes()):
        session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
        (entrance,), last = session.get_inputs(), session.get_outputs()[-1]
        said.append(session.run([last.name], {entrance.name: x})[0])
    np.testing.assert_allclose(said[0], said[1], atol=1e-6)
    np.testing.assert_allclose(said[0], probabilities(outputs_of(model, x)), atol=1e-6)
    assert said[0].min() >= 0
