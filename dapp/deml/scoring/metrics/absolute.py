"""`mae`: minus the mean absolute residual; 0 is perfect."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.metrics.pairing import Cut, Pairing, by_row
from deml.scoring.metrics.rounding import to_ppm
from deml.scoring.metrics.sums import exact_sum

LIMIT: Final = 2.0**41
"""Residuals are clipped to this magnitude: one such row among a million makes the mean exceed the largest score."""

FRACTION_BITS: Final = 31
"""What exceeds the integer part is rounded to multiples of 2^-31."""


def measure(residuals: NDArray[Any], targets: NDArray[Any]) -> int:
    """Minus the mean, in exact integers."""
    magnitudes = np.minimum(np.abs(residuals), LIMIT)
    whole = np.floor(magnitudes)
    fraction = np.rint((magnitudes - whole) * 2.0**FRACTION_BITS)
    total = (exact_sum(whole.astype(np.int64)) << FRACTION_BITS) + exact_sum(fraction.astype(np.int64))
    return to_ppm(-total, len(targets) << FRACTION_BITS)


def pairing(_classes: int, cut: Cut) -> Pairing:
    """Compare absolute residuals, cut."""
    return by_row(lambda residuals, _: cut.qualities(np.abs(residuals)), cut.a_row(cut.bits))
