"""Every family's engine and reference agree on every bit of every output, and on every fitting metric's score."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from deml.scoring import Architecture, evidence, score
from deml.scoring.architecture import TensorKind
from deml.scoring.metrics import METRICS
from deml.scoring.task import Task
from tests.support import families, reference_metrics
from tests.support.families import FAMILIES
from tests.support.random_models import random_architecture, random_holdout, random_model
from tests.unit.scoring.scoring_files import architecture_of, holdout_of, model_of

Arrays = dict[str, np.ndarray]

wild = st.floats(width=32, allow_nan=False, allow_infinity=False)
"""Subnormal, huge, minus zero."""


def exact(array: np.ndarray) -> Any:
    """Nested lists of fractions, or of integers."""
    if array.ndim:
        return [exact(part) for part in array]
    return int(array) if array.dtype.kind == "i" else Fraction(float(array))


def fitting(architecture: Architecture) -> list[str]:
    return [
        metric.name
        for metric in METRICS.values()
        if metric.task is architecture.task and (architecture.classes == 2 or not metric.binary)
    ]


def compare(fields: dict[str, Any], tensors: Arrays, holdout_arrays: Arrays) -> None:
    architecture = architecture_of(fields)
    x, y = holdout_arrays["x"], holdout_arrays["y"]
    model = model_of(architecture, tensors)
    exact_tensors = {name: exact(tensor) for name, tensor in tensors.items()}
    outputs = [families.forward(fields, exact_tensors, row) for row in exact(x)]
    targets = exact(y) if architecture.task is Task.REGRESSION else y.tolist()
    for metric in fitting(architecture):
        holdout = holdout_of(architecture, metric, x, y)
        assert exact(architecture.forward(model.compiled, holdout.prepared)) == outputs
        assert score(model, holdout) == reference_metrics.score(metric, outputs, targets)


def with_wild_numbers(data: st.DataObject, architecture: Architecture, tensors: Arrays, x: np.ndarray) -> np.ndarray:
    """Make some tensor and perhaps the features wild; tokens, nodes and scales stay."""
    names = [name for name, spec in architecture.tensor_specs().items() if spec.kind is TensorKind.REAL]
    name = data.draw(st.sampled_from([name for name in names if name != "standardize.scale"]))
    tensors[name] = data.draw(hnp.arrays(np.float32, tensors[name].shape, elements=wild))
    if architecture.features is TensorKind.REAL and data.draw(st.booleans()):
        return data.draw(hnp.arrays(np.float32, x.shape, elements=wild))
    return x


@pytest.mark.parametrize("family", FAMILIES)
@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 2**32 - 1))
def test_random_models_score_as_the_reference_says(family: str, seed: int):
    draw = Random(seed)
    fields = random_architecture(family, draw)
    architecture = architecture_of(fields)
    tensors = random_model(architecture, draw)
    compare(fields, tensors, random_holdout(architecture, draw, draw.randint(2, 5)))


@pytest.mark.parametrize("family", FAMILIES)
@settings(deadline=None, max_examples=25)
@given(data=st.data())
def test_wild_models_score_as_the_reference_says(family: str, data: st.DataObject):
    draw = Random(data.draw(st.integers(0, 2**32 - 1)))
    fields = random_architecture(family, draw)
    architecture = architecture_of(fields)
    tensors, holdout = random_model(architecture, draw), random_holdout(architecture, draw, 2)
    holdout["x"] = with_wild_numbers(data, architecture, tensors, holdout["x"])
    compare(fields, tensors, holdout)


@pytest.mark.parametrize("family", FAMILIES)
@settings(deadline=None, max_examples=25)
@given(seed=st.integers(0, 2**32 - 1), cut=st.integers(1, 6))
def test_a_row_counts_alone(family: str, seed: int, cut: int):
    """Rows in slices, or one by one, have the evidence that they have together."""
    draw = Random(seed)
    architecture = architecture_of(random_architecture(family, draw))
    model, arrays = model_of(architecture, random_model(architecture, draw)), random_holdout(architecture, draw, 7)
    holdout = holdout_of(architecture, fitting(architecture)[-1], arrays["x"], arrays["y"])
    whole = evidence(model, holdout, slice(None))
    parts = [evidence(model, holdout, part) for part in (slice(0, cut), slice(cut, 7))]
    assert np.array_equal(np.concatenate(parts), whole)
    alone = [evidence(model, holdout, slice(row, row + 1)) for row in range(7)]
    assert np.array_equal(np.concatenate(alone), whole)


@settings(deadline=None, max_examples=100)
@given(
    threshold=st.floats(-(2.0**129), 2.0**129, allow_nan=False),
    features=st.lists(wild, min_size=1, max_size=6),
)
def test_thresholds_between_two_floats_divide_as_they_are(threshold: float, features: list[float]):
    """A threshold may come from integers and a scale, or from a delta: no float32."""
    fields = {"family": "trees", "task": "regression", "inputs": 1, "outputs": 1, "trees": 1, "nodes": 3, "depth": 1}
    architecture = architecture_of(fields)
    near = np.float64(threshold)
    x = np.array([[one] for one in [*features, *np.clip([near], -3e38, 3e38)]], np.float32).astype(np.float64)
    tensors = {
        "trees.feature": np.array([[0, -1, -1]]),
        "trees.threshold": np.array([[threshold, 0.0, 0.0]]),
        "trees.left": np.array([[1, -1, -1]]),
        "trees.right": np.array([[2, -1, -1]]),
        "trees.value": np.array([[[0.0], [-1.0], [1.0]]]),
        "trees.base": np.zeros(1),
    }
    outputs = architecture.forward(architecture.compile(tensors), architecture.prepare(x))
    assert outputs[:, 0].tolist() == [-1.0 if one <= threshold else 1.0 for one in x[:, 0].tolist()]
