"""`mse`: minus the mean squared residual; 0 is perfect."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.metrics.pairing import Cut, Pairing, by_row
from deml.scoring.metrics.rounding import to_ppm
from deml.scoring.metrics.sums import exact_sum_of_squares

LIMIT: Final = 2.0**21
"""Residuals are clipped to this magnitude: one such row among a million makes the mean exceed the largest score."""

FRACTION_BITS: Final = 31
"""Residuals are rounded to multiples of 2^-31: integers of at most 52 bits and a sign."""


def measure(residuals: NDArray[Any], targets: NDArray[Any]) -> int:
    """Minus the mean, in exact integers."""
    magnitudes = np.minimum(np.abs(residuals), LIMIT)
    integers = np.rint(magnitudes * 2.0**FRACTION_BITS).astype(np.int64)
    return to_ppm(-exact_sum_of_squares(integers), len(targets) << 2 * FRACTION_BITS)


def pairing(_classes: int, cut: Cut) -> Pairing:
    """Compare squared residuals, cut."""
    return by_row(lambda residuals, _: cut.qualities(residuals * residuals), cut.a_row(cut.bits))
