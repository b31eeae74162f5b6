"""From a model and a holdout to an integer, at once or in slices of rows."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from deml.scoring.holdout import Holdout
from deml.scoring.model import Model


def score(model: Model, holdout: Holdout) -> int:
    """Score `model` by the holdout's metric, in ppm: the same integer on every processor."""
    return conclude(holdout, evidence(model, holdout, slice(None)))


def evidence(model: Model, holdout: Holdout, rows: slice) -> NDArray[Any]:
    """What the metric keeps of some rows: an array with one entry a row.

    The concatenation of the evidence of consecutive slices equals that of all rows at once.
    """
    outputs = model.architecture.forward(model.compiled, holdout.prepared[rows])
    return holdout.metric.evidence(outputs, holdout.targets[rows])


def conclude(holdout: Holdout, evidence: NDArray[Any]) -> int:
    """Score, in ppm, from the evidence of all rows in order."""
    return holdout.metric.conclude(evidence, holdout.targets)
