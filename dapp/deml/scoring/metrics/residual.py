"""What regressions are judged by: target minus prediction."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

BLOCK: Final = 1_024
"""Rows summed in int64 at a time: 2^10 numbers of 52 bits stay below 2^63."""


def residuals(outputs: NDArray[Any], targets: NDArray[Any]) -> NDArray[np.float64]:
    """Residuals, one a row."""
    return np.asarray(targets.astype(np.float64) - outputs[:, 0])


def exact_sum(integers: NDArray[np.int64]) -> int:
    """Sum of integers of at most 53 bits."""
    return sum(int(np.sum(integers[start : start + BLOCK])) for start in range(0, len(integers), BLOCK))
