"""Models brought in, run by the exact engine, and real data to do it on."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from sklearn import datasets

from deml.scoring import Model, load_holdout, load_model, parse_architecture, parse_metric, score
from deml.scoring.safetensors import write_tensors
from deml_learn.models.exits import classes
from deml_learn.models.form import ConvertibleModel
from tests.support.real_models import visited, visits

CLASSES: dict[str, Callable[[], Any]] = {
    "breast cancer": lambda: datasets.load_breast_cancer(return_X_y=True),
    "digits": lambda: datasets.load_digits(return_X_y=True),
    "wine": lambda: datasets.load_wine(return_X_y=True),
    "visited a doctor": visited,
}
VALUES: dict[str, Callable[[], Any]] = {
    "diabetes": lambda: datasets.load_diabetes(return_X_y=True),
    "visits to a doctor": visits,
}
"""Real data sets, the largest of 20,190 rows."""


@cache
def halves(name: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Rows to train on and rows to judge by; features are whole float32s, as a holdout has them."""
    x, y = (CLASSES | VALUES)[name]()
    x = np.asarray(x, np.float32).astype(np.float64)
    order = np.random.default_rng(0).permutation(len(y))
    x, y = x[order], y[order]
    return x[::2], y[::2], x[1::2], y[1::2]


def model_of(form: ConvertibleModel) -> Model:
    """The engine's model, through a file."""
    architecture = parse_architecture(json.dumps(form.fields()))
    return load_model(architecture, write_tensors(form.tensors(architecture)))


def outputs_of(model: Model, x: np.ndarray) -> np.ndarray:
    """Logits or values."""
    architecture = model.architecture
    return architecture.forward(model.compiled, architecture.prepare(x.astype(np.float32).astype(np.float64)))


def classes_of(model: Model, x: np.ndarray) -> np.ndarray:
    """Class that the engine gives each row."""
    return classes(outputs_of(model, x)).astype(np.int64)


def score_of(model: Model, metric: str, x: np.ndarray, y: np.ndarray) -> int:
    """Score in ppm, through a holdout file."""
    labels = y.astype(np.float32) if model.architecture.task.value == "regression" else y.astype(np.int64)
    holdout = write_tensors({"x": x.astype(np.float32), "y": labels})
    parsed = parse_metric(metric, model.architecture)
    return score(model, load_holdout(model.architecture, parsed, holdout, len(y)))
