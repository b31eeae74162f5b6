"""What scikit-learn says of forests, boosted trees and centroids, and NumPy of convolutions, we say too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_wine
from sklearn.ensemble import (
    ExtraTreesClassifier,
    GradientBoostingClassifier,
    GradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.metrics import accuracy_score, log_loss, r2_score
from sklearn.neighbors import NearestCentroid
from sklearn.preprocessing import StandardScaler

from tests.unit.scoring.scoring_files import architecture_of, holdout_of, model_of, score_of

Arrays = dict[str, np.ndarray]
SETS = {"breast cancer": load_breast_cancer, "digits": load_digits, "wine": load_wine}
ALIKE = 0.999
"""Least share of rows with equal predictions."""


def split(load: Callable[[], Any]) -> tuple[tuple[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """(x, y) to train on and (x, y) to judge by, x in float32."""
    data = load()
    x, order = data.data.astype(np.float32), np.random.default_rng(0).permutation(len(data.target))
    train, held = order[::2], order[1::2]
    return (x[train], data.target[train]), (x[held], data.target[held])


def rounded_down(thresholds: np.ndarray) -> np.ndarray:
    """Largest float32 that is not above."""
    near = thresholds.astype(np.float32)
    return np.where(near > thresholds, np.nextafter(near, np.float32(-np.inf)), near)


def tensors_of(estimators: list[Any], values: list[np.ndarray], base: np.ndarray) -> Arrays:
    """Tensors of fitted trees, given the values of each one's nodes: nodes by outputs."""
    trees = [one.tree_ for one in estimators]
    nodes = max(tree.node_count for tree in trees)

    def stacked(parts: list[np.ndarray], dtype: Any) -> np.ndarray:
        made = np.full((len(parts), nodes, *parts[0].shape[1:]), -1, dtype)
        for row, part in zip(made, parts, strict=True):
            row[: len(part)] = part
        return made

    leaves = [tree.children_left < 0 for tree in trees]
    return {
        "trees.feature": stacked([np.maximum(tree.feature, -1) for tree in trees], np.int32),
        "trees.threshold": stacked([rounded_down(tree.threshold) for tree in trees], np.float32),
        "trees.left": stacked([tree.children_left for tree in trees], np.int32),
        "trees.right": stacked([tree.children_right for tree in trees], np.int32),
        "trees.value": stacked([v * leaf[:, None] for v, leaf in zip(values, leaves, strict=True)], np.float32),
        "trees.base": base.astype(np.float32),
    }


def fields_of(task: str, x: np.ndarray, estimators: list[Any], tensors: Arrays, **more: Any) -> dict[str, Any]:
    trees, nodes, outputs = tensors["trees.value"].shape
    depth = max(1, *(one.get_depth() for one in estimators))
    fields = {"family": "trees", "task": task, "inputs": x.shape[1], "outputs": outputs, "trees": trees}
    return fields | {"nodes": nodes, "depth": depth} | more


def outputs_of(fields: dict[str, Any], tensors: Arrays, x: np.ndarray) -> np.ndarray:
    architecture = architecture_of(fields)
    metric = "r2" if fields.get("task") == "regression" else "accuracy"
    y = np.arange(len(x), dtype=np.float32) if metric == "r2" else np.zeros(len(x), np.int64)
    return architecture.forward(
        model_of(architecture, tensors).compiled, holdout_of(architecture, metric, x, y).prepared
    )


def agree_on_classes(
    fields: dict[str, Any], tensors: Arrays, held: tuple[np.ndarray, np.ndarray], trained: Any
) -> None:
    x, y = held
    expected = trained.predict(x)
    outputs = outputs_of(fields, tensors, x)
    predicted = outputs.argmax(axis=1) if outputs.shape[1] > 1 else (outputs[:, 0] > 0).astype(int)
    assert np.mean(predicted == expected) >= ALIKE
    accuracy = score_of(fields, tensors, "accuracy", x, y)
    assert abs(accuracy - 1e6 * accuracy_score(y, expected)) <= 1_000
    assert accuracy > 850_000


@pytest.mark.parametrize("kind", [RandomForestClassifier, ExtraTreesClassifier])
@pytest.mark.parametrize("name", SETS)
def test_forests(name: str, kind: Any):
    (x, y), held = split(SETS[name])
    trained = kind(n_estimators=50, max_depth=8, random_state=0).fit(x, y)
    values = [one.tree_.value[:, 0, :] / 50 for one in trained.estimators_]
    tensors = tensors_of(trained.estimators_, values, np.zeros(len(trained.classes_)))
    fields = fields_of("classification", x, trained.estimators_, tensors, output="probabilities")
    agree_on_classes(fields, tensors, held, trained)
    probabilities = trained.predict_proba(held[0])
    assert np.allclose(np.exp(outputs_of(fields, tensors, held[0])), np.maximum(probabilities, 2.0**-40), atol=1e-6)


@pytest.mark.parametrize("name", SETS)
def test_boosted_classifiers(name: str):
    (x, y), held = split(SETS[name])
    trained = GradientBoostingClassifier(n_estimators=20, max_depth=3, random_state=0).fit(x, y)
    outputs = trained.estimators_.shape[1]
    estimators = list(trained.estimators_.ravel())
    values = [
        trained.learning_rate * one.tree_.value[:, :, 0] * np.eye(outputs)[index % outputs]
        for index, one in enumerate(estimators)
    ]
    base = trained.decision_function(x[:1]).ravel()
    tensors = tensors_of(estimators, values, np.zeros(outputs))
    fields = fields_of("classification", x, estimators, tensors)
    tensors["trees.base"] = (base - outputs_of(fields, tensors, x[:1])[0]).astype(np.float32)
    agree_on_classes(fields, tensors, held, trained)
    loss = score_of(fields, tensors, "log_loss", *held)
    assert abs(loss + 1e6 * log_loss(held[1], trained.predict_proba(held[0]))) <= 2


@pytest.mark.parametrize("kind", [RandomForestRegressor, GradientBoostingRegressor])
def test_regressions(kind: Any):
    (x, y), (held_x, held_y) = split(load_diabetes)
    trained = kind(n_estimators=40, max_depth=4, random_state=0).fit(x, y)
    estimators = list(np.ravel(trained.estimators_))
    boosted = kind is GradientBoostingRegressor
    weight = trained.learning_rate if boosted else 1 / len(estimators)
    base = trained.init_.constant_.ravel() if boosted else np.zeros(1)
    tensors = tensors_of(estimators, [weight * one.tree_.value[:, :, 0] for one in estimators], base)
    fields = fields_of("regression", x, estimators, tensors)
    expected = trained.predict(held_x)
    assert np.allclose(outputs_of(fields, tensors, held_x)[:, 0], expected, rtol=1e-6)
    y32 = held_y.astype(np.float32)
    assert abs(score_of(fields, tensors, "r2", held_x, y32) - 1e6 * r2_score(y32, expected)) <= 2


@pytest.mark.filterwarnings("ignore:self.within_class_std_dev_")  # digits have pixels that are always black
@pytest.mark.parametrize("name", SETS)
def test_nearest_centroids(name: str):
    (x, y), (held_x, held_y) = split(SETS[name])
    scaler = StandardScaler().fit(x)
    trained = NearestCentroid().fit(scaler.transform(x), y)
    scale = scaler.scale_.astype(np.float32)
    tensors = {
        "standardize.mean": scaler.mean_.astype(np.float32),
        "standardize.scale": scale,
        "centroids.points": trained.centroids_.astype(np.float32),
    }
    fields = {"family": "centroids", "inputs": x.shape[1], "outputs": len(trained.classes_), "per_class": 1}
    outputs = outputs_of(fields | {"standardize": True}, tensors, held_x)
    assert np.mean(outputs.argmax(axis=1) == trained.predict(scaler.transform(held_x))) >= ALIKE
    squared = ((scaler.transform(held_x)[:, None] - trained.centroids_) ** 2).sum(axis=2)
    assert np.allclose(outputs - outputs[:, :1], squared[:, :1] - squared, atol=1e-3)
    assert score_of(fields | {"standardize": True}, tensors, "accuracy", held_x, held_y) > 850_000


def convolved(x: np.ndarray, weight: np.ndarray, bias: np.ndarray, padding: list[int], groups: int) -> np.ndarray:
    """Rows by channels by height by width, in float64."""
    x = np.pad(x, ((0, 0), (0, 0), (padding[0],) * 2, (padding[1],) * 2))
    share, each = x.shape[1] // groups, len(weight) // groups
    windows = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2:], axis=(2, 3))
    channels = [
        np.einsum("rcyxhw,chw->ryx", windows[:, index // each * share :][:, :share], kernel) + bias[index]
        for index, kernel in enumerate(weight)
    ]
    return np.stack(channels, axis=1)


@pytest.mark.parametrize("groups", [1, 2, 4])
def test_convolutions(groups: int):
    random = np.random.default_rng(groups)
    x = random.normal(size=(30, 4 * 9 * 8)).astype(np.float32)
    conv = {"kind": "conv2d", "channels": 8, "kernel": [3, 2], "padding": [2, 1], "groups": groups}
    layers = [
        conv | {"activation": "relu"},
        {"kind": "max_pool", "kernel": [2, 2]},
        conv | {"kernel": [2, 2], "padding": [0, 0], "activation": "tanh"},
        {"kind": "avg_pool", "kernel": [3, 2], "stride": [1, 2]},
        {"kind": "flatten"},
        {"kind": "dense", "units": 5},
    ]
    fields = {"family": "cnn", "task": "classification", "shape": [4, 9, 8], "layers": layers}
    specs = architecture_of(fields).tensor_specs()
    tensors = {name: random.normal(size=spec.shape).astype(np.float32) / 3 for name, spec in specs.items()}
    wide = {name: tensor.astype(np.float64) for name, tensor in tensors.items()}

    z = np.maximum(convolved(x.reshape(30, 4, 9, 8), wide["layers.0.weight"], wide["layers.0.bias"], [2, 1], groups), 0)
    height, width = z.shape[2] // 2, z.shape[3] // 2
    z = z[:, :, : 2 * height, : 2 * width].reshape(30, 8, height, 2, width, 2).max(axis=(3, 5))
    z = np.tanh(convolved(z, wide["layers.2.weight"], wide["layers.2.bias"], [0, 0], groups))
    z = np.lib.stride_tricks.sliding_window_view(z, (3, 2), axis=(2, 3))[:, :, :, ::2].mean(axis=(4, 5))
    expected = z.reshape(30, -1) @ wide["layers.5.weight"].T + wide["layers.5.bias"]

    outputs = outputs_of(fields, tensors, x)
    assert np.allclose(outputs, expected, atol=2e-6)
    assert np.array_equal(outputs.argmax(axis=1), expected.argmax(axis=1))


def test_embedding_bags():
    random = np.random.default_rng(0)
    fields = {"family": "embedding_bag", "task": "classification", "vocabulary": 500, "length": 20, "dimension": 8}
    fields |= {"mode": "mean", "hidden": [], "outputs": 3}
    tokens = random.integers(-1, 500, (200, 20)).astype(np.int16)
    specs = architecture_of(fields).tensor_specs()
    tensors = {name: random.normal(size=spec.shape).astype(np.float32) for name, spec in specs.items()}
    wide = {name: tensor.astype(np.float64) for name, tensor in tensors.items()}
    vectors = wide["embedding.weight"][tokens] * (tokens >= 0)[:, :, None]
    bags = vectors.sum(axis=1) / (tokens >= 0).sum(axis=1)[:, None]
    expected = bags @ wide["layers.0.weight"].T + wide["layers.0.bias"]
    assert np.allclose(outputs_of(fields, tensors, tokens), expected, atol=1e-6)
