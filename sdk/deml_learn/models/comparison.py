"""What the exact engine makes of an imported model, held against what the original says, on the user's own rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deml.scoring import Metric, Model
from deml.scoring.metrics import METRICS
from deml.scoring.task import Task
from deml_learn.models.form import placement
from deml_learn.models.source import Original

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Scores:
    """A metric of both, in ppm."""

    metric: str
    original: int
    engine: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """How an import differs from its original.

    Parameters
    ----------
    differing
        Rows to which another class is given, or a value that differs by more than a thousandth of the values' spread.
    first
        Number of the first such row, from 1.
    largest
        Largest difference of `quantity`: of a class's probability, or of a value.
    """

    rows: int
    differing: int
    first: int | None
    quantity: str
    largest: float
    scores: Sequence[Scores]


NOTABLE = 1e-3
"""Part of the standard deviation of the original's values by which a value must differ to be counted."""


def compare(model: Model, original: Original, x: Array, y: Array | None, places: Sequence[int]) -> Comparison:
    """Run both on the same rows: the original on float64 features, the engine on the same in float32, as in a holdout.

    Parameters
    ----------
    y
        What is right, for the metrics; None if it is not known.
    places
        Numbers of the original's classes, if they are not in order.
    """
    architecture = model.architecture
    said = original(x)
    placed = placement(said.shape[1], architecture.outputs, places)
    said = said @ placed.matrix.T + placed.unseen
    single = x.astype(np.float32).astype(np.float64)
    outputs = architecture.forward(model.compiled, architecture.prepare(single))
    if architecture.task is Task.REGRESSION:
        quantity = "a value"
        gap = np.abs(outputs - said).max(axis=1)
        differs = gap > NOTABLE * np.std(said)
    else:
        quantity = "a probability"
        gap = np.abs(probabilities(outputs) - probabilities(said)).max(axis=1)
        differs = classes(outputs) != classes(said)
    scores = [] if y is None else [_scores(one, said, outputs, y) for one in metrics_for(model, y)]
    first = int(np.argmax(differs)) + 1 if differs.any() else None
    return Comparison(len(x), int(differs.sum()), first, quantity, float(gap.max(initial=0.0)), scores)


def metrics_for(model: Model, y: Array) -> list[Metric]:
    """Metrics that mean something for this model on these rows."""
    architecture = model.architecture
    found = [one for one in METRICS.values() if one.task is architecture.task]
    if architecture.classes != 2 or len(np.unique(y)) != 2:
        found = [one for one in found if not one.binary]
    if len(np.unique(y)) < 2:
        found = [one for one in found if one.name != "r2"]
    return found


def classes(outputs: Array) -> Array:
    """Class that each row is given."""
    found: Array = outputs[:, 0] > 0 if outputs.shape[1] == 1 else np.argmax(outputs, axis=1)
    return found


def probabilities(outputs: Array) -> Array:
    """Probabilities of logits: rows by classes."""
    if outputs.shape[1] == 1:
        outputs = np.concatenate([np.zeros_like(outputs), outputs], axis=1)
    powers = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    found: Array = powers / powers.sum(axis=1, keepdims=True)
    return found


def _scores(metric: Metric, said: Array, outputs: Array, y: Array) -> Scores:
    targets = y.astype(np.int16) if metric.task is Task.CLASSIFICATION else y.astype(np.float32)
    original, engine = (metric.conclude(metric.evidence(one, targets), targets) for one in (said, outputs))
    return Scores(metric.name, original, engine)
