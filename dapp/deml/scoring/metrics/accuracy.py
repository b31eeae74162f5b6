"""`accuracy`: the part of rows whose class is predicted."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from deml.base.gain import Scale
from deml.scoring.metrics.pairing import Pairing, by_row
from deml.scoring.metrics.rounding import to_ppm


def measure(predicted: NDArray[Any], targets: NDArray[Any]) -> int:
    """Count the hits."""
    return to_ppm(int(np.count_nonzero(predicted == targets)), len(targets))


def pairing(_classes: int, _cut: object) -> Pairing:
    """Compare hits."""
    return by_row(lambda predicted, targets: (predicted == targets).astype(np.int64), Scale(most=1, whole=1))
