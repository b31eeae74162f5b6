"""Model files and holdouts hold what the architecture asks for, and nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from deml.scoring import errors, load_holdout, load_model, parse_metric, score
from deml.scoring.safetensors import write_tensors
from tests.property.expected_failures import attempt
from tests.unit.scoring.scoring_files import (
    LINEAR,
    LOGISTIC,
    MLP,
    SOFTMAX,
    architecture_of,
    holdout_of,
    model_of,
    random_tensors,
)

STANDARDIZED = LOGISTIC | {"standardize": True}


def refused_model(fields, **changes):
    """What is wrong with a sound model after some tensors are replaced, or dropped where the change is None."""
    architecture = architecture_of(fields)
    tensors = random_tensors(architecture, 1) | {name.replace("__", "."): tensor for name, tensor in changes.items()}
    kept = {name: tensor for name, tensor in tensors.items() if tensor is not None}
    return attempt(lambda: load_model(architecture, write_tensors(kept)))


def test_a_model_is_widened_without_loss():
    architecture = architecture_of(MLP)
    for dtype in (np.float32, np.float16):
        tensors = random_tensors(architecture, 3, dtype)
        loaded = model_of(architecture, tensors).tensors
        assert set(loaded) == set(tensors)
        assert all(np.array_equal(loaded[name], tensors[name]) for name in tensors)


def test_types_may_be_mixed():
    architecture = architecture_of(LOGISTIC)
    tensors = {"layers.0.weight": np.ones((1, 3), np.float16), "layers.0.bias": np.ones(1, np.float32)}
    assert model_of(architecture, tensors).tensors["layers.0.weight"].dtype == np.float64


def test_missing_and_surplus_tensors_are_named():
    failure = refused_model(MLP, layers__1__bias=None)
    assert isinstance(failure, errors.MissingTensor)
    assert failure.tensor == "layers.1.bias"
    failure = refused_model(MLP, layers__3__bias=np.zeros(3, np.float32))
    assert isinstance(failure, errors.SurplusTensor)
    assert failure.tensor == "layers.3.bias"
    assert isinstance(refused_model(LOGISTIC, standardize__mean=np.zeros(3, np.float32)), errors.SurplusTensor)
    assert isinstance(refused_model(STANDARDIZED, standardize__mean=None), errors.MissingTensor)


@pytest.mark.parametrize("shape", [(3, 1), (3,), (1, 3, 1), (1, 4), (0, 3), ()])
def test_a_wrong_shape_is_named(shape):
    failure = refused_model(LOGISTIC, layers__0__weight=np.zeros(shape, np.float32))
    assert isinstance(failure, errors.WrongShape)
    assert failure.values == {"tensor": "layers.0.weight", "shape": str(list(shape)), "expected": "[1, 3]"}


@pytest.mark.parametrize("dtype", [np.int64, np.int32, np.uint8])
def test_weights_are_floating_point(dtype):
    failure = refused_model(LOGISTIC, layers__0__bias=np.zeros(1, dtype))
    assert isinstance(failure, errors.UnsupportedDtype)
    assert failure.allowed == "F32, F16, BF16, I16, I8"


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_weights_are_finite(value, dtype):
    failure = refused_model(LOGISTIC, layers__0__weight=np.array([[0, value, 0]], dtype))
    assert isinstance(failure, errors.NotFinite)
    assert failure.tensor == "layers.0.weight"


@pytest.mark.parametrize("value", [0.0, -0.0, -1.0])
def test_scales_are_positive(value):
    failure = refused_model(STANDARDIZED, standardize__scale=np.array([1, value, 1], np.float32))
    assert isinstance(failure, errors.BadStandardizer)


X = np.arange(6, dtype=np.float32).reshape(2, 3)
LABELS = np.array([0, 1])


def refused_holdout(fields, metric, tensors, max_rows=2):
    architecture = architecture_of(fields)
    return attempt(
        lambda: load_holdout(architecture, parse_metric(metric, architecture), write_tensors(tensors), max_rows)
    )


@pytest.mark.parametrize("dtype", [np.int64, np.int32, np.uint8])
@pytest.mark.parametrize("x_dtype", [np.float32, np.float16])
def test_labels_and_features_come_in_several_types(dtype, x_dtype):
    architecture = architecture_of(SOFTMAX)
    model = model_of(architecture, random_tensors(architecture, 0))
    holdout = holdout_of(architecture, "log_loss", X.astype(x_dtype), np.array([3, 0], dtype))
    assert holdout.rows == 2
    assert score(model, holdout) == score(model, holdout_of(architecture, "log_loss", X, np.array([3, 0])))


def test_a_holdout_has_exactly_x_and_y():
    assert isinstance(refused_holdout(LOGISTIC, "accuracy", {"y": LABELS}), errors.MissingTensor)
    assert isinstance(refused_holdout(LOGISTIC, "accuracy", {"x": X}), errors.MissingTensor)
    surplus = refused_holdout(LOGISTIC, "accuracy", {"x": X, "y": LABELS, "z": LABELS})
    assert isinstance(surplus, errors.SurplusTensor)


@pytest.mark.parametrize(
    ("x", "y"),
    [(X, LABELS[:, None]), (X, np.array(1)), (X[:1], LABELS), (X[:, :2], LABELS), (X.ravel(), LABELS)],
    ids=["y in a column", "y a scalar", "x too short", "x too narrow", "x flat"],
)
def test_shapes_of_a_holdout_must_agree(x, y):
    assert isinstance(refused_holdout(LOGISTIC, "accuracy", {"x": x, "y": y}), errors.WrongShape)


def test_rows_are_bounded_on_both_sides():
    empty = {"x": X[:0], "y": LABELS[:0]}
    assert isinstance(refused_holdout(LOGISTIC, "accuracy", empty), errors.EmptyHoldout)
    failure = refused_holdout(LOGISTIC, "accuracy", {"x": X, "y": LABELS}, max_rows=1)
    assert isinstance(failure, errors.TooManyRows)
    assert failure.values == {"rows": 2, "limit": 1}


@pytest.mark.parametrize(("fields", "label"), [(LOGISTIC, 2), (SOFTMAX, 4), (SOFTMAX, -1), (LOGISTIC, -(2**63))])
def test_labels_are_classes(fields, label):
    failure = refused_holdout(fields, "accuracy", {"x": X, "y": np.array([0, label])})
    assert isinstance(failure, errors.LabelOutOfRange)
    assert failure.label == label


def test_types_of_targets_fit_the_task():
    as_reals = {"x": X, "y": LABELS.astype(np.float32)}
    assert isinstance(refused_holdout(LOGISTIC, "accuracy", as_reals), errors.UnsupportedDtype)
    assert isinstance(refused_holdout(LINEAR, "r2", {"x": X, "y": LABELS}), errors.UnsupportedDtype)
    assert isinstance(refused_holdout(LOGISTIC, "accuracy", {"x": LABELS, "y": LABELS}), errors.WrongShape)
    integers = {"x": X.astype(np.int32), "y": LABELS}
    assert isinstance(refused_holdout(LOGISTIC, "accuracy", integers), errors.UnsupportedDtype)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_holdouts_are_finite(value):
    x = X.copy()
    x[1, 2] = value
    failure = refused_holdout(LOGISTIC, "accuracy", {"x": x, "y": LABELS})
    assert isinstance(failure, errors.NotFinite)
    assert failure.tensor == "x"
    targets = np.array([0, value], np.float32)
    failure = refused_holdout(LINEAR, "r2", {"x": X, "y": targets})
    assert isinstance(failure, errors.NotFinite)
    assert failure.tensor == "y"


@pytest.mark.parametrize("value", [0.0, 1.5, -3e38, 1e-45])
def test_r2_needs_targets_that_differ(value):
    y = np.full(2, value, np.float32)
    assert isinstance(refused_holdout(LINEAR, "r2", {"x": X, "y": y}), errors.ConstantTarget)
    y[1] = np.nextafter(y[1], np.float32(1))
    holdout_of(architecture_of(LINEAR), "r2", X, y)
