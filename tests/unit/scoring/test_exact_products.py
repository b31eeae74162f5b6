"""Products and outputs are the same whatever the order, the threads and the magnitudes."""

from __future__ import annotations

import warnings
from dataclasses import replace

import numpy as np
import pytest
from threadpoolctl import threadpool_limits

from deml.scoring import evidence, score
from deml.scoring.exact import CEILING, LEAST_EXPONENT, bits_for, product, scale
from deml.scoring.task import Task
from tests.unit.scoring.scoring_files import (
    FAMILIES,
    LINEAR,
    LOGISTIC,
    MLP,
    architecture_of,
    holdout_of,
    model_of,
    random_tensors,
    score_of,
)


def outputs_of(fields, tensors, x):
    architecture = architecture_of(fields)
    return architecture.forward(model_of(architecture, tensors).compiled, architecture.prepare(x.astype(np.float64)))


@pytest.mark.parametrize(
    ("length", "bits"), [(1, 26), (2, 26), (3, 25), (8, 25), (9, 24), (30, 24), (1_024, 21), (8_192, 20), (65_536, 18)]
)
def test_bits_leave_room_for_the_sum(length, bits):
    assert bits_for(length) == bits
    assert length * 2 ** (2 * bits) <= 2**53


@pytest.mark.parametrize("length", [1, 2, 3, 64, 1_000, 65_536])
def test_the_largest_sums_are_exact(length):
    """All factors at their largest, alike or of alternating sign."""
    ones = np.full((2, length), 1 - 2.0**-53)
    ones[1, ::2] *= -1
    signs = np.where(ones > 0, 1, -1)
    assert product(scale(ones), scale(ones)).tolist() == (signs @ signs.T).tolist()


@pytest.mark.parametrize("length", [7, 300, 65_536])
def test_order_does_not_matter(length):
    random = np.random.default_rng(length)
    x, w = random.normal(size=(5, length)) * np.exp(3 * random.normal(size=length)), random.normal(size=(4, length))
    there = product(scale(x), scale(w))
    for _ in range(3):
        order = random.permutation(length)
        assert np.array_equal(product(scale(x[:, order]), scale(w[:, order])), there)
    backwards = product(scale(w), scale(x)).T
    assert np.array_equal(backwards, there)


def test_products_are_as_accurate_as_their_bits():
    random = np.random.default_rng(2)
    x, w = random.normal(size=(50, 64)), random.normal(size=(20, 64))
    bound = 64 * np.abs(x).max(axis=1)[:, None] * np.abs(w).max(axis=1)[None, :] * 2.0 ** (1 - bits_for(64))
    assert np.all(np.abs(product(scale(x), scale(w)) - x @ w.T) <= bound)


def test_a_vector_of_zeros_and_the_tiniest_numbers():
    tiny = 2.0 ** (LEAST_EXPONENT - bits_for(2))
    scaled = scale(np.array([[0.0, -0.0], [tiny, -tiny], [tiny / 2, tiny / 2 + tiny / 8], [2.0**-1074, 0.0]]))
    assert scaled.tolist() == [[0, 0], [tiny, -tiny], [0, tiny], [0, 0]]
    assert product(scaled, scale(np.ones((1, 2)))).ravel().tolist() == [0.0, 0.0, tiny, 0.0]


def test_outputs_are_clipped_and_never_infinite():
    huge = np.finfo(np.float32).max
    fields = MLP | {"hidden": [4] * 8}
    tensors = {name: np.full_like(tensor, huge) for name, tensor in random_tensors(architecture_of(fields), 0).items()}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.all(outputs_of(fields, tensors, np.full((2, 3), huge)) == CEILING)
        tensors["layers.8.weight"] *= -1
        assert np.all(outputs_of(fields, tensors, np.full((2, 3), huge)) == -CEILING)


def test_standardising_by_the_smallest_scale_is_clipped():
    fields = LOGISTIC | {"standardize": True}
    tensors = {
        "standardize.mean": np.zeros(3, np.float32),
        "standardize.scale": np.full(3, 1e-45, np.float32),
        "layers.0.weight": np.eye(1, 3, dtype=np.float32),
        "layers.0.bias": np.zeros(1, np.float32),
    }
    x = np.array([[3e38, 0, 0], [-3e38, 0, 0], [1e-45, 0, 0]], np.float32)
    assert outputs_of(fields, tensors, x).ravel().tolist() == [CEILING, -CEILING, 1.0]


@pytest.mark.parametrize("name", FAMILIES)
def test_rows_do_not_influence_one_another(name, monkeypatch):
    """A row's outputs are the same alone, in another order and in blocks of any size."""
    fields = FAMILIES[name] | {"standardize": name != "linear"}
    tensors, x = random_tensors(architecture_of(fields), 1), np.random.default_rng(0).normal(size=(20, 3))
    x = x.astype(np.float32).astype(np.float64)
    there = outputs_of(fields, tensors, x)
    assert np.array_equal(outputs_of(fields, tensors, x[::-1])[::-1], there)
    assert np.array_equal(np.concatenate([outputs_of(fields, tensors, row[None]) for row in x]), there)
    architecture = architecture_of(fields)
    metric = "r2" if architecture.task is Task.REGRESSION else "log_loss"
    model = model_of(architecture, tensors)
    y = np.arange(20) % 2
    holdout = holdout_of(architecture, metric, x.astype(np.float32), y.astype(np.float32) if metric == "r2" else y)
    whole = evidence(model, holdout, slice(None))
    for numbers in (1, 25, 10**9):
        monkeypatch.setattr("deml.scoring.blocks.BLOCK_NUMBERS", numbers)
        monkeypatch.setattr("deml.scoring.exact.BLOCK_NUMBERS", numbers)
        model, holdout = model_of(architecture, tensors), replace(holdout, prepared=architecture.prepare(x))
        assert np.array_equal(outputs_of(fields, tensors, x), there)
        assert np.array_equal(evidence(model, holdout, slice(None)), whole)


def test_hidden_units_may_change_places():
    fields = MLP | {"hidden": [300]}
    tensors, x = random_tensors(architecture_of(fields), 1), np.random.default_rng(0).normal(size=(50, 3))
    order = np.random.default_rng(9).permutation(300)
    swapped = tensors | {
        "layers.0.weight": tensors["layers.0.weight"][order],
        "layers.0.bias": tensors["layers.0.bias"][order],
        "layers.1.weight": tensors["layers.1.weight"][:, order],
    }
    assert np.array_equal(outputs_of(fields, swapped, x), outputs_of(fields, tensors, x))


@pytest.mark.parametrize("metric", ["accuracy", "log_loss"])
def test_rows_features_and_classes_may_change_places(metric):
    random = np.random.default_rng(3)
    fields = LOGISTIC | {"inputs": 200, "outputs": 50}
    tensors, x, y = random_tensors(architecture_of(fields), 2), random.normal(size=(300, 200)), np.arange(300) % 50
    x = x.astype(np.float32)
    there = score_of(fields, tensors, metric, x, y)
    rows, features, classes = random.permutation(300), random.permutation(200), random.permutation(50)
    swapped = {
        "layers.0.weight": tensors["layers.0.weight"][np.ix_(classes, features)],
        "layers.0.bias": tensors["layers.0.bias"][classes],
    }
    label_of = np.argsort(classes)
    assert score_of(fields, swapped, metric, x[np.ix_(rows, features)], label_of[y[rows]]) == there


def test_r2_does_not_depend_on_the_order_of_rows():
    random = np.random.default_rng(3)
    x, y = random.normal(size=(3_000, 3)).astype(np.float32), random.normal(size=3_000).astype(np.float32)
    tensors, rows = random_tensors(architecture_of(LINEAR), 2), random.permutation(3_000)
    assert score_of(LINEAR, tensors, "r2", x[rows], y[rows]) == score_of(LINEAR, tensors, "r2", x, y)


def test_threads_do_not_matter():
    fields = MLP | {"inputs": 300, "hidden": [256, 128]}
    architecture, random = architecture_of(fields), np.random.default_rng(1)
    x, y = random.normal(size=(2_000, 300)).astype(np.float32), random.integers(0, 3, 2_000)
    model, holdout = model_of(architecture, random_tensors(architecture, 4)), holdout_of(architecture, "log_loss", x, y)
    scores = []
    for threads in (1, 2, 4):
        with threadpool_limits(threads, "blas"):
            scores.append((score(model, holdout), architecture.forward(model.compiled, holdout.prepared).tobytes()))
    assert scores[0] == scores[1] == scores[2]
