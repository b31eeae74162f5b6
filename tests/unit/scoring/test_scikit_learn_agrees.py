"""What scikit-learn says of its own models on its own data, we say within our rounding."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_wine
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import accuracy_score, log_loss, r2_score
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import StandardScaler

from tests.unit.scoring.scoring_files import score_of

SETS = {"breast cancer": load_breast_cancer, "digits": load_digits, "wine": load_wine}
LOSS_TOLERANCE = 2
"""In ppm: our weights are float32, and products keep about 24 bits."""


def split(load):
    """Standardising tensors, then (x, y) to train on and (x, y) to judge by."""
    data = load()
    x, y = data.data.astype(np.float32), data.target
    order = np.random.default_rng(0).permutation(len(y))
    train, held = order[::2], order[1::2]
    scaler = StandardScaler().fit(x[train].astype(np.float64))
    standardize = {
        "standardize.mean": scaler.mean_.astype(np.float32),
        "standardize.scale": scaler.scale_.astype(np.float32),
    }
    return standardize, (x[train], y[train]), (x[held], y[held])


def standardized(x, standardize):
    """As the engine does it, in float64, from float32 moments."""
    return (x.astype(np.float64) - standardize["standardize.mean"]) / standardize["standardize.scale"]


def to_float32(weights, biases):
    """Round a trained model's parameters in place; return them as tensors."""
    tensors = {}
    for index, (weight, bias) in enumerate(zip(weights, biases, strict=True)):
        weight[...], bias[...] = weight.astype(np.float32), bias.astype(np.float32)
        tensors[f"layers.{index}.weight"] = np.ascontiguousarray(weight.T, dtype=np.float32)
        tensors[f"layers.{index}.bias"] = bias.astype(np.float32)
    return tensors


def agree_on_classes(fields, standardize, tensors, held, trained):
    x, y = held
    fields = fields | {"inputs": x.shape[1], "standardize": True}
    z = standardized(x, standardize)
    accuracy = score_of(fields, standardize | tensors, "accuracy", x, y)
    assert accuracy == round(1e6 * accuracy_score(y, trained.predict(z)))
    loss = score_of(fields, standardize | tensors, "log_loss", x, y)
    assert abs(loss + 1e6 * log_loss(y, trained.predict_proba(z))) <= LOSS_TOLERANCE
    assert accuracy > 900_000


@pytest.mark.parametrize("name", SETS)
def test_logistic_regression(name):
    standardize, (x, y), held = split(SETS[name])
    trained = LogisticRegression(max_iter=1_000).fit(standardized(x, standardize), y)
    tensors = to_float32([trained.coef_.T], [trained.intercept_])
    fields = {"family": "logistic", "outputs": len(trained.coef_)}
    agree_on_classes(fields, standardize, tensors, held, trained)


@pytest.mark.parametrize("name", SETS)
def test_mlp_classifier(name):
    standardize, (x, y), held = split(SETS[name])
    trained = MLPClassifier((16, 8), solver="lbfgs", alpha=1.0, max_iter=500, tol=1e-2, random_state=1)
    trained.fit(standardized(x, standardize), y)
    tensors = to_float32(trained.coefs_, trained.intercepts_)
    fields = {"family": "mlp", "task": "classification", "hidden": [16, 8], "outputs": trained.n_outputs_}
    agree_on_classes(fields, standardize, tensors, held, trained)


@pytest.mark.parametrize("kind", ["linear", "mlp"])
def test_regression(kind):
    standardize, (x, y), (held_x, held_y) = split(load_diabetes)
    y, held_y = (np.float32(0.01) * targets.astype(np.float32) for targets in (y, held_y))
    fields = {"family": kind, "inputs": x.shape[1], "standardize": True}
    if kind == "linear":
        trained = LinearRegression().fit(standardized(x, standardize), y)
        trained.intercept_ = np.array(trained.intercept_)
        tensors = to_float32([trained.coef_[:, None]], [trained.intercept_.reshape(1)])
    else:
        fields |= {"task": "regression", "hidden": [8], "outputs": 1}
        trained = MLPRegressor(
            hidden_layer_sizes=(8,), solver="lbfgs", alpha=1.0, max_iter=1_000, tol=1e-2, random_state=1
        )
        trained.fit(standardized(x, standardize), y)
        tensors = to_float32(trained.coefs_, trained.intercepts_)
    theirs = r2_score(held_y, trained.predict(standardized(held_x, standardize)))
    ours = score_of(fields, standardize | tensors, "r2", held_x, held_y)
    assert abs(ours - 1e6 * theirs) <= LOSS_TOLERANCE
    assert ours > 200_000
