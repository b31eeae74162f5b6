"""Training by PyTorch and Opacus: ``make test-torch``, which has an environment of its own for them."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from deml.scoring import load_holdout, load_model, parse_architecture, parse_metric, score
from deml.scoring.safetensors import write_tensors
from deml_learn.privacy.budget import Privacy
from deml_learn.trainers.torch_models import module_of, train_by_torch
from deml_learn.training.settings import Settings
from deml_sdk.data.holdout import data_file

MLP = {"family": "mlp", "task": "classification", "inputs": 6, "hidden": [16, 8], "outputs": 2}
CNN = {
    "family": "cnn",
    "task": "classification",
    "shape": [2, 6, 6],
    "layers": [
        {"kind": "conv2d", "channels": 4, "kernel": [3, 3], "padding": [1, 1], "activation": "relu"},
        {"kind": "conv2d", "channels": 4, "kernel": [3, 3], "groups": 4, "activation": "gelu"},
        {"kind": "max_pool", "kernel": [2, 2]},
        {"kind": "avg_pool", "kernel": [2, 2], "stride": [1, 1]},
        {"kind": "flatten"},
        {"kind": "dense", "units": 2, "activation": "none"},
    ],
}
NETWORKS = {one: MLP | {"activation": one} for one in ("leaky_relu", "tanh", "sigmoid", "gelu")} | {"cnn": CNN}
QUICK = Settings(epochs=30, batch=64, learning_rate=0.01)


def drawn(fields):
    """An architecture, a model to start from, and rows whose class hangs on the first half of the features."""
    architecture = parse_architecture(json.dumps(fields))
    random = np.random.default_rng(0)
    tensors = {
        name: (random.normal(size=spec.shape) / np.sqrt(np.prod(spec.shape[1:]) or 1)).astype(np.float32)
        for name, spec in architecture.tensor_specs().items()
    }
    x = random.normal(size=(600, architecture.inputs))
    y = (x[:, : architecture.inputs // 2].sum(axis=1) > 0).astype(np.float64)
    return architecture, write_tensors(tensors), x, y


def judge(architecture, file, x, y):
    holdout = load_holdout(architecture, parse_metric("accuracy", architecture), data_file(architecture, x, y), len(y))
    return score(load_model(architecture, file), holdout)


@pytest.mark.parametrize("name", NETWORKS)
def test_the_engine_computes_what_pytorch_computes(name):
    architecture, initial, x, _ = drawn(NETWORKS[name])
    model = load_model(architecture, initial)
    ours = architecture.forward(model.compiled, architecture.prepare(x.astype(np.float32).astype(np.float64)))
    theirs = module_of(model)(torch.from_numpy(x.astype(np.float32))).detach().numpy()
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)


@pytest.mark.parametrize("name", NETWORKS)
def test_training_improves_a_model_and_does_the_same_twice(name):
    architecture, initial, x, y = drawn(NETWORKS[name])
    epochs = []
    made, spent = train_by_torch(architecture, initial, x[:400], y[:400], QUICK, None, epochs.append)
    again, _ = train_by_torch(architecture, initial, x[:400], y[:400], QUICK, None, lambda _: None)
    assert made == again
    assert spent is None
    assert epochs[-1].loss < epochs[0].loss
    before, after = (judge(architecture, file, x[400:], y[400:]) for file in (initial, made))
    assert after > max(before, 700_000)


@pytest.mark.parametrize("name", ["tanh", "cnn"])
def test_private_training_keeps_to_its_budget_and_differs_each_time(name):
    architecture, initial, x, y = drawn(NETWORKS[name])
    privacy = Privacy(epsilon=4.0, delta=1e-5)
    quick = Settings(epochs=5, batch=128, learning_rate=0.01)
    (first, spent), (second, _) = (
        train_by_torch(architecture, initial, x, y, quick, privacy, lambda _: None) for _ in range(2)
    )
    assert first != second
    assert 1 < spent.epsilon <= 4.0
    assert spent.noise_multiplier > 0.3
    assert load_model(architecture, first)


def test_regressions_and_single_logits_train():
    value, logit = {"task": "regression", "outputs": 1, "activation": "tanh"}, {"outputs": 1, "activation": "gelu"}
    for fields in (MLP | value, MLP | logit):
        architecture, initial, x, y = drawn(fields)
        epochs = []
        train_by_torch(architecture, initial, x, y, QUICK, None, epochs.append)
        assert epochs[-1].loss < epochs[0].loss
