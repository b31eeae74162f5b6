"""`roc_auc`: how often a row of class 1 outranks one of class 0; ties count half."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from deml.scoring.errors import OneClassOnly
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
    positive, negative = margins[targets == 1], np.sort(margins[targets == 0])
    below = np.searchsorted(negative, positive, side="left")
    not_above = np.searchsorted(negative, positive, side="right")
    return to_ppm(int(np.sum(below)) + int(np.sum(not_above)), 2 * len(positive) * len(negative))
