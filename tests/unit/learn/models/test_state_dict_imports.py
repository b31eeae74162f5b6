"""PyTorch state dicts: names as modules give them, checked against the layers written out in numpy."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load, save

from deml.scoring import parse_architecture
from deml_learn.models.errors import ArchitectureNeeded, DoesNotFit, OrderNeeded, TaskDisagrees, Unimportable
from deml_learn.models.imported import Imported, architecture_text
from deml_learn.models.kinds import ModelKind
from deml_learn.models.pytorch.state_dict import read_state_dict
from deml_learn.models.reading import ImportOptions, take
from deml_learn.models.source import Source
from tests.support.cases import case, expected_of
from tests.unit.learn.models.imports import model_of, outputs_of

RANDOM = np.random.default_rng(3)


def layer(name: str, *shape: int, bias: bool = True) -> dict[str, np.ndarray]:
    made = {f"{name}.weight": RANDOM.normal(size=shape).astype(np.float32)}
    return made | ({f"{name}.bias": RANDOM.normal(size=shape[0]).astype(np.float32)} if bias else {})


def norm(name: str, channels: int) -> dict[str, np.ndarray]:
    made = layer(name, channels) | {f"{name}.running_mean": RANDOM.normal(size=channels).astype(np.float32)}
    made |= {f"{name}.running_var": RANDOM.uniform(0.5, 2, channels).astype(np.float32)}
    return made | {f"{name}.num_batches_tracked": np.array(7, np.int64)}


def read(
    tensors: dict[str, np.ndarray], wanted: dict[str, Any] | None = None, task: str | None = None, order: str = ""
) -> Source:
    return read_state_dict(save(tensors), wanted, task, order.split(",") if order else ())


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


def test_a_gap_before_a_batch_norm_is_an_activation_and_it_is_folded_into_the_layer_behind():
    source = read_state_dict(case("torch-bn-after-relu/t-bn-after.safetensors").read_bytes(), None, None)
    x, right = expected_of("torch-bn-after-relu")
    np.testing.assert_allclose(outputs_of(model_of(source.form), x), right, atol=1e-5)
    assert any("0, relu, 2, 3" in note for note in source.notes)


def test_two_layers_without_a_gap_have_nothing_between_them():
    data = case("torch-bn-after-relu/t-noact.safetensors").read_bytes()
    source, tensors = read_state_dict(data, None, None), load(data)
    x = RANDOM.normal(size=(30, source.form.fields()["inputs"]))
    hidden = x @ tensors["0.weight"].T + tensors["0.bias"]
    expected = hidden @ tensors["1.weight"].T + tensors["1.bias"]
    np.testing.assert_allclose(outputs_of(model_of(source.form), x), expected, rtol=1e-4, atol=1e-4)


def test_modules_of_two_names_that_fit_either_way_are_asked_about_and_taken_as_told():
    data = case("torch-features-classifier/t-features-classifier.safetensors").read_bytes()
    with pytest.raises(OrderNeeded, match="more than one order") as asked:
        read_state_dict(data, None, None)
    assert "--order" in asked.value.advice()
    x, right = expected_of("torch-features-classifier")
    fitting = 0
    for between in ("", ",relu"):
        order = f"features.0,relu,features.2{between},classifier.0,relu,classifier.2"
        form = read_state_dict(data, None, None, order.split(",")).form
        fitting += np.allclose(outputs_of(model_of(form), x), right, atol=1e-5)
    assert fitting >= 1


AMBIGUOUS = {
    "layers of equal width": layer("fc1", 4, 4) | layer("fc2", 4, 4),
    "names that are no numbers": layer("decoder", 4, 6) | layer("encoder", 6, 4),
    "a norm with a name": layer("fc1", 6, 4) | norm("bn1", 6) | layer("fc2", 3, 6),
    "a gap on both sides of a norm": layer("0", 6, 4) | norm("2", 6) | layer("4", 3, 6),
    "no gap beside a norm": layer("0", 6, 4) | norm("1", 6) | layer("2", 3, 6),
    "a list of modules, perhaps": layer("net.0", 6, 4) | layer("net.1", 3, 6),
    "a norm behind the last layer": layer("0", 3, 4) | norm("2", 3),
}


@pytest.mark.parametrize("name", AMBIGUOUS)
def test_where_another_order_fits_it_is_asked_for(name: str):
    with pytest.raises(OrderNeeded):
        read(AMBIGUOUS[name])


def test_an_order_that_is_told_is_followed():
    tensors = layer("b", 5, 4) | layer("a", 5, 5) | norm("n", 5) | layer("c", 2, 5)
    source = read(tensors, order="b,tanh,n,a,tanh,c")
    x = RANDOM.normal(size=(20, 4))
    z = np.tanh(x @ tensors["b.weight"].T + tensors["b.bias"])
    z = (z - tensors["n.running_mean"]) / np.sqrt(tensors["n.running_var"] + 1e-5) * tensors["n.weight"] + tensors[
        "n.bias"
    ]
    z = np.tanh(z @ tensors["a.weight"].T + tensors["a.bias"])
    expected = z @ tensors["c.weight"].T + tensors["c.bias"]
    np.testing.assert_allclose(outputs_of(model_of(source.form), x), expected, rtol=1e-4, atol=1e-4)
    assert source.form.fields()["activation"] == "tanh"
    for wrong in ("b,tanh,n,a,tanh", "b,b,n,a,c", "b,tanh,n,a,relu,c", "b,elu,n,a,c", "b,n,a,c,relu"):
        with pytest.raises(Unimportable):
            read(tensors, order=wrong)


DROPPED = (
    "tanh,b,tanh,n,a,tanh,c",
    "b,sigmoid,sigmoid,n,a,sigmoid,c",
    "b,tanh,n,tanh,a,tanh,c",
    "b,n,relu,relu,a,relu,c",
)


@pytest.mark.parametrize("order", DROPPED)
def test_an_activation_that_would_be_dropped_is_refused(order: str):
    tensors = layer("b", 5, 4) | layer("a", 5, 5) | norm("n", 5) | layer("c", 2, 5)
    with pytest.raises(Unimportable, match="follows no layer, or another activation"):
        read(tensors, order=order)


def test_the_order_taken_and_what_outputs_are_taken_for_are_said():
    notes = read(layer("0", 6, 4) | layer("2", 3, 6)).notes
    assert any("0, relu, 2" in one for one in notes)
    assert any("one logit a class" in one for one in notes)


def test_several_outputs_are_no_regression():
    with pytest.raises(Unimportable, match="3 outputs"):
        read(layer("0", 3, 4), task="regression")


def test_a_task_that_disagrees_with_the_architecture_is_refused(tmp_path: Path):
    (tmp_path / "a.safetensors").write_bytes(save(layer("0", 3, 4)))
    with pytest.raises(TaskDisagrees):
        take(tmp_path / "a.safetensors", ModelKind.STATE_DICT, ImportOptions(LOGISTIC, task="regression"))
