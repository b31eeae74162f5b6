"""`brier`: minus the mean squared distance between predicted probabilities and the truth; 0 is perfect.

With two classes it is (p_1 - y)^2, with more the sum over the classes (Brier, "Verification of forecasts expressed in
terms of probability", Monthly Weather Review 78, 1950).
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.base.gain import Scale
from deml.scoring.metrics.pairing import Pairing, by_row
from deml.scoring.metrics.rounding import to_ppm
from deml.scoring.metrics.softmax import EXP_BITS, exponentials, pairs, total, units

BITS: Final = 40
"""Squares, at most 1, are rounded to multiples of 2^-40: a million rows sum to less than 2^61 units."""


def distances(outputs: NDArray[Any], targets: NDArray[Any]) -> NDArray[np.int64]:
    """Sum the squares of p_j - (j is the target) of each row."""
    logits = pairs(outputs)
    shares = exponentials(logits, np.max(logits, axis=1))
    probabilities = (shares.astype(np.float64) * 2.0**-EXP_BITS) / total(shares)[:, None]
    if probabilities.shape[1] == 2:
        probabilities, targets = probabilities[:, 1:], targets[:, None]
    else:
        targets = np.arange(probabilities.shape[1], dtype=np.int64) == targets[:, None]
    error = probabilities - targets
    return np.asarray(units(error * error, BITS).sum(axis=1, dtype=np.int64))


def measure(distances: NDArray[Any], targets: NDArray[Any]) -> int:
    """Minus the mean."""
    return to_ppm(-int(distances.sum(dtype=np.int64)), len(targets) << BITS)


def pairing(classes: int, _cut: object) -> Pairing:
    """Compare distances: at most 1 where there are two classes, at most 2 where there are more."""
    return by_row(lambda distances, _: -distances, Scale(most=(1 if classes == 2 else 2) << BITS, whole=1 << BITS))
