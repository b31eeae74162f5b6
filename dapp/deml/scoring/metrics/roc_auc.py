"""`roc_auc`: how often a row of class 1 outranks one of class 0; ties count half."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from deml.base.gain import Scale
from deml.scoring.errors import OneClassOnly
from deml.scoring.metrics.pairing import Pairing, Qualities
from deml.scoring.metrics.rounding import to_ppm


def check(targets: NDArray[Any]) -> None:
    """Refuse targets that are all of one class.

    Raises
    ------
    OneClassOnly
    """
    if targets.min() == targets.max():
        raise OneClassOnly()


def margins(outputs: NDArray[Any], _targets: NDArray[Any]) -> NDArray[np.float64]:
    """What rows are ranked by: the one logit, or the second minus the first."""
    margin = outputs[:, 0] if outputs.shape[1] == 1 else outputs[:, 1] - outputs[:, 0]
    return np.asarray(margin, np.float64)


def measure(margins: NDArray[Any], targets: NDArray[Any]) -> int:
    """(2 pairs won + pairs tied) / (2 pairs): Mann and Whitney's U over the number of pairs."""
    positive, negative = margins[targets == 1], margins[targets == 0]
    return to_ppm(int(_above(positive, negative).sum(dtype=np.int64)), 2 * len(positive) * len(negative))


def pairing(_classes: int, _cut: object) -> Pairing:
    """Compare placements: 2 for each row of the other class that a row is on the right side of, 1 for each tie.

    The gains of the rows of class 1 add up to that in score, and those of all rows tell its variance (DeLong, DeLong
    and Clarke-Pearson, Biometrics 44, 1988).
    """
    return Pairing(_placements, _scale, summed=lambda targets: targets == 1)


def _placements(margins: NDArray[Any], targets: NDArray[Any]) -> Qualities:
    positive, negative = targets == 1, targets == 0
    made = np.empty(len(targets), np.int64)
    made[positive] = _above(margins[positive], margins[negative])
    made[negative] = _above(-margins[negative], -margins[positive])
    return made


def _scale(targets: NDArray[Any]) -> Scale:
    ones = int(np.count_nonzero(targets))
    zeros = len(targets) - ones
    return Scale(2 * max(ones, zeros), 2 * ones * zeros)


def _above(margins: NDArray[Any], others: NDArray[Any]) -> Qualities:
    """For each margin, twice how many of the others are below it, and once how many equal it."""
    ranked = np.sort(others)
    below = np.searchsorted(ranked, margins, side="left").astype(np.int64)
    return below + np.searchsorted(ranked, margins, side="right").astype(np.int64)
