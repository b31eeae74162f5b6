"""PyTorch state dicts: names as modules give them, checked against the layers written out in numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from safetensors.numpy import save

from deml.scoring import parse_architecture
from deml_learn.models.errors import ArchitectureNeeded, DoesNotFit, Unimportable
from deml_learn.models.imported import Imported, architecture_text
from deml_learn.models.source import Source
from deml_learn.models.state_dict import read_state_dict
from tests.unit.models.imports import model_of, outputs_of

RANDOM = np.random.default_rng(3)


def layer(name: str, *shape: int, bias: bool = True) -> dict[str, np.ndarray]:
    made = {f"{name}.weight": RANDOM.normal(size=shape).astype(np.float32)}
    return made | ({f"{name}.bias": RANDOM.normal(size=shape[0]).astype(np.float32)} if bias else {})


def norm(name: str, channels: int) -> dict[str, np.ndarray]:
    made = layer(name, channels) | {f"{name}.running_mean": RANDOM.normal(size=channels).astype(np.float32)}
    made |= {f"{name}.running_var": RANDOM.uniform(0.5, 2, channels).astype(np.float32)}
    return made | {f"{name}.num_batches_tracked": np.array(7, np.int64)}


def read(tensors: dict[str, np.ndarray], wanted: dict[str, Any] | None = None, task: str | None = None) -> Source:
    return read_state_dict(save(tensors), wanted, task)


@pytest.mark.parametrize("names", [("0", "2", "10"), ("fc1", "fc2", "fc10"), ("net.0", "net.2", "net.10")])
def test_linear_modules_in_the_order_people_count(names: tuple[str, ...]):
    first, second, third = names
    tensors = layer(first, 6, 4) | layer(second, 6, 6, bias=False) | layer(third, 3, 6)
    source = read(tensors)
    x = RANDOM.normal(size=(30, 4))
    hidden = np.maximum(x @ tensors[f"{first}.weight"].T + tensors[f"{first}.bias"], 0)
    hidden = np.maximum(hidden @ tensors[f"{second}.weight"].T, 0)
    expected = hidden @ tensors[f"{third}.weight"].T + tensors[f"{third}.bias"]
    np.testing.assert_allclose(outputs_of(model_of(source.form), x), expected, rtol=1e-4, atol=1e-4)
    assert source.form.fields()["hidden"] == [6, 6]
    assert "ReLU" in source.notes[0]


def test_an_architecture_says_what_a_state_dict_does_not():
    tensors = layer("0", 6, 4) | norm("1", 6) | layer("3", 3, 6)
    wanted = {"family": "mlp", "task": "classification", "inputs": 4, "hidden": [6], "outputs": 3, "activation": "tanh"}
    source = read(tensors, wanted)
    architecture = parse_architecture(architecture_text(wanted))
    model = Imported(wanted, source.form.tensors(architecture)).model
    x = RANDOM.normal(size=(30, 4))
    z = x @ tensors["0.weight"].T + tensors["0.bias"]
    z = (z - tensors["1.running_mean"]) / np.sqrt(tensors["1.running_var"] + 1e-5) * tensors["1.weight"] + tensors[
        "1.bias"
    ]
    expected = np.tanh(z) @ tensors["3.weight"].T + tensors["3.bias"]
    np.testing.assert_allclose(outputs_of(model, x), expected, rtol=1e-4, atol=1e-4)
    assert "eps" in source.notes[0]


def test_convolutions_take_their_places_in_a_cnn():
    tensors = layer("conv1", 4, 1, 3, 3) | layer("fc1", 2, 4 * 4)
    layers = [
        {"kind": "conv2d", "channels": 4, "kernel": [3, 3], "activation": "relu"},
        {"kind": "max_pool", "kernel": [2, 2]},
        {"kind": "flatten"},
        {"kind": "dense", "units": 2},
    ]
    wanted = {"family": "cnn", "task": "classification", "shape": [1, 6, 6], "layers": layers}
    source = read(tensors, wanted)
    found = source.form.tensors(parse_architecture(architecture_text(wanted)))
    assert np.array_equal(found["layers.0.weight"], tensors["conv1.weight"])
    assert np.array_equal(found["layers.3.bias"], tensors["fc1.bias"])


def test_half_precision_is_widened():
    tensors = {name: one.astype(np.float16) for name, one in layer("0", 3, 4).items()}
    found = read(tensors).form.tensors(parse_architecture('{"family": "logistic", "inputs": 4, "outputs": 3}'))
    assert np.array_equal(found["layers.0.weight"], tensors["0.weight"].astype(np.float32))


MLP = {"family": "mlp", "task": "classification", "inputs": 4, "hidden": [6], "outputs": 3}
LOGISTIC = {"family": "logistic", "inputs": 4, "outputs": 3}
CENTROIDS = {"family": "centroids", "inputs": 4, "outputs": 3, "per_class": 1}
LSTM = {"lstm.weight_ih_l0": np.ones((2, 2), np.float32)}


@pytest.mark.parametrize(
    ("tensors", "wanted", "error", "named"),
    [
        (layer("0", 1, 4), None, ArchitectureNeeded, "--task|value or a logit"),
        (layer("0", 4, 1, 3, 3), None, ArchitectureNeeded, "pooling"),
        (layer("a", 3, 6) | layer("b", 6, 4), None, ArchitectureNeeded, "do not follow"),
        (layer("0", 3, 4) | LSTM, None, Unimportable, "lstm.weight_ih_l0"),
        (layer("0", 3, 4) | {"0.weight": np.ones((3, 4), np.int32)}, None, Unimportable, "0.weight"),
        (norm("0", 4) | layer("1", 3, 4), None, Unimportable, "batch norm must follow"),
        (layer("0", 3, 4), MLP, DoesNotFit, "hidden layers"),
        (layer("0", 5, 4), LOGISTIC, DoesNotFit, "outputs"),
        (layer("0", 3, 4), CENTROIDS, Unimportable, "centroids"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_named(tensors: Any, wanted: Any, error: type[Exception], named: str):
    with pytest.raises(error, match=named):
        read(tensors, wanted).form.tensors(parse_architecture(architecture_text(wanted)))
