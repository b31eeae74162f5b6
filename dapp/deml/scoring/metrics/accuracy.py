"""`accuracy`: the part of rows whose class is predicted.

One logit predicts class 1 where it is above zero; several predict the first class with the largest.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from deml.scoring.metrics.rounding import to_ppm


def measure(outputs: NDArray[Any], targets: NDArray[Any]) -> int:
    """Count the hits."""
    predicted = outputs[:, 0] > 0 if outputs.shape[1] == 1 else np.argmax(outputs, axis=1)
    return to_ppm(int(np.count_nonzero(predicted == targets)), len(targets))
