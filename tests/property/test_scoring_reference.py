"""Engine and reference agree on every bit of every output and on every score."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from deml.scoring import Architecture, score
from deml.scoring.activations import ACTIVATIONS
from deml.scoring.elementary import exp, log
from deml.scoring.task import Task
from tests.support import reference_metrics
from tests.support import reference_scoring as reference
from tests.unit.scoring.scoring_files import architecture_of, holdout_of, model_of

timeless = settings(deadline=None)

widths = st.integers(1, 6)
DTYPES = (np.float32, np.float16)


@st.composite
def architectures(draw: st.DrawFn, task: Task) -> Architecture:
    inputs, standardize = draw(widths), draw(st.booleans())
    outputs = 1 if task is Task.REGRESSION else draw(widths)
    fields: dict[str, Any] = {"inputs": inputs, "standardize": standardize}
    if draw(st.booleans()):
        hidden = draw(st.lists(widths, min_size=1, max_size=3))
        fields |= {"task": task, "hidden": hidden, "outputs": outputs}
        return architecture_of({"family": "mlp", "activation": draw(st.sampled_from(list(ACTIVATIONS))), **fields})
    if task is Task.REGRESSION:
        return architecture_of({"family": "linear", **fields})
    return architecture_of({"family": "logistic", "outputs": outputs, **fields})


@st.composite
def reals(draw: st.DrawFn, shape: tuple[int, ...], positive: bool = False) -> np.ndarray:
    """Wild numbers (subnormal, huge, minus zero), or such as training makes, some of them zero."""
    dtype = np.dtype(draw(st.sampled_from(DTYPES)))
    if draw(st.booleans()):
        least = {"min_value": 0, "exclude_min": True} if positive else {}
        elements = st.floats(width=8 * dtype.itemsize, allow_nan=False, allow_infinity=False, **least)
        return draw(hnp.arrays(dtype, shape, elements=elements))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    made = random.normal(size=shape) * 2.0 ** draw(st.integers(-6, 6))
    if positive:
        return np.maximum(np.abs(made), 1e-3).astype(dtype)
    return np.where(random.random(shape) < 0.1, 0.0, made).astype(dtype)


@st.composite
def models(draw: st.DrawFn, architecture: Architecture) -> dict[str, np.ndarray]:
    return {
        name: draw(reals(spec.shape, positive=name == "standardize.scale"))
        for name, spec in architecture.tensor_specs().items()
    }


def exact(array: np.ndarray) -> Any:
    """Nested lists of fractions."""
    return [exact(part) for part in array] if array.ndim else Fraction(float(array))


def compare(architecture: Architecture, tensors: dict[str, np.ndarray], metric: str, x: np.ndarray, y: np.ndarray):
    model, holdout = model_of(architecture, tensors), holdout_of(architecture, metric, x, y)
    exact_tensors = {name: exact(tensor) for name, tensor in tensors.items()}
    activation = getattr(architecture, "activation", "relu")
    outputs = [reference.forward(exact_tensors, row, activation) for row in exact(x)]
    assert exact(architecture.forward(model.compiled, holdout.prepared)) == outputs
    targets = exact(y) if architecture.task is Task.REGRESSION else y.tolist()
    assert score(model, holdout) == reference_metrics.score(metric, outputs, targets)


@pytest.mark.parametrize("metric", ["accuracy", "balanced_accuracy", "macro_f1", "log_loss", "brier"])
@settings(deadline=None, max_examples=100)
@given(st.data())
def test_classifiers_score_as_the_reference_says(metric: str, data: st.DataObject):
    architecture = data.draw(architectures(Task.CLASSIFICATION))
    x = data.draw(reals((data.draw(widths), architecture.inputs)))
    dtype = data.draw(st.sampled_from([np.int64, np.int32, np.uint8]))
    y = data.draw(hnp.arrays(dtype, len(x), elements=st.integers(0, architecture.classes - 1)))
    compare(architecture, data.draw(models(architecture)), metric, x, y)


@settings(deadline=None, max_examples=100)
@given(st.data())
def test_rankings_score_as_the_reference_says(data: st.DataObject):
    architecture = data.draw(architectures(Task.CLASSIFICATION).filter(lambda one: one.classes == 2))
    x = data.draw(reals((data.draw(st.integers(2, 8)), architecture.inputs)))
    y = np.array([0, 1, *data.draw(st.lists(st.integers(0, 1), min_size=len(x) - 2, max_size=len(x) - 2))])
    compare(architecture, data.draw(models(architecture)), "roc_auc", x, y)


@pytest.mark.parametrize("metric", ["r2", "mse", "mae"])
@settings(deadline=None, max_examples=100)
@given(st.data())
def test_regressions_score_as_the_reference_says(metric: str, data: st.DataObject):
    architecture = data.draw(architectures(Task.REGRESSION))
    x = data.draw(reals((data.draw(st.integers(2, 6)), architecture.inputs)))
    y = data.draw(reals((len(x),)))
    if len(np.unique(y)) == 1:
        y[0] = y[0] / 2 + 1
    compare(architecture, data.draw(models(architecture)), metric, x, y)


@timeless
@given(hnp.arrays(np.float64, 8, elements=st.floats(-(2.0**101), 0)))
def test_exp_is_the_same_to_the_last_bit(values: np.ndarray):
    assert exact(exp(values)) == [reference.exp(value) for value in exact(values)]


@timeless
@given(hnp.arrays(np.float64, 8, elements=st.floats(2.0**-1022, 2.0**1023)))
def test_log_is_the_same_to_the_last_bit(values: np.ndarray):
    assert exact(log(values)) == [reference.log(value) for value in exact(values)]


@settings(deadline=None, max_examples=40)
@given(st.integers(1, 3_000), st.integers(0, 2**32 - 1), st.integers(-100, 100))
@example(65_536, 1, 0)
def test_long_rows_are_the_same_to_the_last_bit(inputs: int, seed: int, exponent: int):
    random = np.random.default_rng(seed)
    architecture = architecture_of({"family": "logistic", "inputs": inputs, "outputs": 2})
    tensors = {
        "layers.0.weight": (random.normal(size=(2, inputs)) * 2.0**exponent).astype(np.float32),
        "layers.0.bias": np.zeros(2, np.float32),
    }
    compare(architecture, tensors, "accuracy", random.normal(size=(2, inputs)).astype(np.float32), np.array([0, 1]))
