"""`mse`: minus the mean squared residual; 0 is perfect."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.metrics.residual import exact_sum
from deml.scoring.metrics.rounding import to_ppm

LIMIT: Final = 2.0**21
"""Residuals are clipped to this magnitude: one such row among a million makes the mean exceed the largest score."""

FRACTION_BITS: Final = 31
"""Residuals are rounded to multiples of 2^-31: integers of at most 52 bits and a sign."""

HALF: Final = 26
"""Bits of the lower half of a residual: products of halves have 52 bits."""


def measure(residuals: NDArray[Any], targets: NDArray[Any]) -> int:
    """Minus the mean, in exact integers."""
    magnitudes = np.minimum(np.abs(residuals), LIMIT)
    integers = np.rint(magnitudes * 2.0**FRACTION_BITS).astype(np.int64)
    high, low = integers >> HALF, integers & ((1 << HALF) - 1)
    total = (exact_sum(high * high) << 2 * HALF) + (exact_sum(high * low) << HALF + 1) + exact_sum(low * low)
    return to_ppm(-total, len(targets) << 2 * FRACTION_BITS)
