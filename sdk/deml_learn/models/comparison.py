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
from deml_learn.models.exits import Says, as_scores, by_class, classes
from deml_learn.models.form import placement
from deml_learn.models.net import Caught, Gap, Pair, scores_of

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


def compare(pair: Pair, caught: Caught, x: Array, y: Array | None) -> Comparison:
    """Tell how far the two are apart on the user's rows, which the net has let pass.

    Parameters
    ----------
    y
        What is right, for the metrics; None if it is not known.
    """
    architecture = pair.model.architecture
    ours = scores_of(pair.model, x.astype(np.float32).astype(np.float64), pair.places)
    found = [as_scores(one.says, output) for one, output in zip(pair.exits, caught.said.outputs, strict=True)]
    said = next((one for one in found if one is not None), None)
    if architecture.task is Task.REGRESSION and said is not None:
        differs = np.abs(ours - said).max(axis=1) > NOTABLE * np.std(said)
    else:
        differs = np.argmax(ours, axis=1) != _predicted(pair, caught, said)
    if said is None:
        said = np.eye(ours.shape[1])[_predicted(pair, caught, said)]
    gap = _telling(caught.gaps)
    first = int(np.argmax(differs)) + 1 if differs.any() else None
    scores = [] if y is None else _metrics(pair, said, x, y)
    largest = float(gap.gap.max(initial=0.0))
    return Comparison(len(x), int(differs.sum()), first, gap.says.quantity, largest, scores)


def metrics_for(model: Model, y: Array) -> list[Metric]:
    """Metrics that mean something for this model on these rows."""
    architecture = model.architecture
    found = [one for one in METRICS.values() if one.task is architecture.task]
    if architecture.classes != 2 or len(np.unique(y)) != 2:
        found = [one for one in found if not one.binary]
    if len(np.unique(y)) < 2:
        found = [one for one in found if one.name != "r2"]
    return found


def _predicted(pair: Pair, caught: Caught, said: Array | None) -> Array:
    """Classes that the original gives: those that it names, or else those of its largest scores."""
    for one, output in zip(pair.exits, caught.said.outputs, strict=True):
        if one.says is Says.CLASS:
            return output[:, 0].astype(np.int64)
    return classes(by_class(said if said is not None else np.zeros((0, 2))))


def _telling(gaps: Sequence[Gap]) -> Gap:
    """The gap that tells most: of probabilities or values before scores, of those before classes."""
    order = ("a probability", "a value", "a score", "a class")
    return min(gaps, key=lambda one: order.index(one.says.quantity))


def _metrics(pair: Pair, said: Array, x: Array, y: Array) -> list[Scores]:
    architecture = pair.model.architecture
    placed = placement(said.shape[1], architecture.outputs, pair.places)
    original = said @ placed.matrix.T + placed.unseen
    engine = architecture.forward(pair.model.compiled, architecture.prepare(x.astype(np.float32).astype(np.float64)))
    return [_scores(one, original, engine, y) for one in metrics_for(pair.model, y)]


def _scores(metric: Metric, said: Array, outputs: Array, y: Array) -> Scores:
    targets = y.astype(np.int16) if metric.task is Task.CLASSIFICATION else y.astype(np.float32)
    original, engine = (metric.conclude(metric.evidence(one, targets), targets) for one in (said, outputs))
    return Scores(metric.name, original, engine)
