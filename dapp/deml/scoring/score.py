"""From a model and a holdout to an integer, at once or in slices of rows; and how far it is above the initial model."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from deml.base.gain import Gain
from deml.scoring.blocks import blocks
from deml.scoring.holdout import Holdout
from deml.scoring.metrics import Pairing, Qualities
from deml.scoring.model import Model


def score(model: Model, holdout: Holdout) -> int:
    """Score `model` by the holdout's metric, in ppm: the same integer on every processor."""
    return conclude(holdout, evidence(model, holdout, slice(None)))


def evidence(model: Model, holdout: Holdout, rows: slice) -> NDArray[Any]:
    """What the metric keeps of some rows: an array with one entry a row.

    The concatenation of the evidence of consecutive slices equals that of all rows at once.
    """
    prepared, targets = holdout.prepared[rows], holdout.targets[rows]
    parts = []
    for part in blocks(len(targets), model.architecture.widest):
        outputs = model.architecture.forward(model.compiled, prepared[part])
        parts.append(holdout.metric.evidence(outputs, targets[part]))
    return np.concatenate(parts)


def conclude(holdout: Holdout, evidence: NDArray[Any]) -> int:
    """Score, in ppm, from the evidence of all rows in order."""
    return holdout.metric.conclude(evidence, holdout.targets)


def qualities(holdout: Holdout, pairing: Pairing, evidence: NDArray[Any]) -> Qualities:
    """What each row is worth to the metric, from the evidence of all rows in order: 8 bytes a row."""
    return pairing.qualities(evidence, holdout.targets)


def gain_over(holdout: Holdout, pairing: Pairing, evidence: NDArray[Any], initial: Qualities) -> Gain:
    """How far a model is above the initial one, of which `initial` are the qualities."""
    return pairing.gain(qualities(holdout, pairing, evidence), initial, holdout.targets)
