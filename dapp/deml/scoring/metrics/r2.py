"""`r2`: the part of the targets' variance that the predictions explain; 1 is perfect, below 0 is worse than the mean.

Targets and residuals are each rounded to 26 bits relative to the largest of them; all sums are then integers.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.base.gain import Scale
from deml.scoring.errors import ConstantTarget
from deml.scoring.exact import LEAST_EXPONENT
from deml.scoring.metrics.pairing import Cut, Pairing
from deml.scoring.metrics.rounding import to_ppm
from deml.scoring.metrics.sums import exact_sum

BITS: Final = 26
"""Squares then have 52 bits."""


def check(targets: NDArray[Any]) -> None:
    """Refuse targets without variance.

    Raises
    ------
    ConstantTarget
    """
    if _variation(targets.astype(np.float64))[0] == 0:
        raise ConstantTarget()


def measure(residuals: NDArray[Any], targets: NDArray[Any]) -> int:
    """1 - SSE / SST, in exact integers."""
    integers, residual_exponent = _integers(residuals)
    total, target_exponent = _variation(targets.astype(np.float64))
    error, shift = len(targets) * exact_sum(integers * integers), 2 * (residual_exponent - target_exponent)
    if shift >= 0:
        error <<= shift
    else:
        total <<= -shift
    return to_ppm(total - error, total)


def pairing(_classes: int, cut: Cut) -> Pairing:
    """Compare squared residuals, cut, whose sum is measured by the targets' variation."""

    def scale(targets: NDArray[Any]) -> Scale:
        total, exponent = _variation(targets.astype(np.float64))
        shift = 2 * exponent + cut.bits
        numerator, denominator = total << max(shift, 0), len(targets) << max(-shift, 0)
        return Scale(cut.a_row(cut.bits).most, -(-numerator // denominator))

    return Pairing(lambda residuals, _: cut.qualities(residuals * residuals), scale)


def _variation(targets: NDArray[Any]) -> tuple[int, int]:
    """N sum(y^2) - sum(y)^2, which is n SST, in units of 2^(2 exponent)."""
    integers, exponent = _integers(targets)
    total = exact_sum(integers)
    return len(targets) * exact_sum(integers * integers) - total * total, exponent


def _integers(values: NDArray[Any]) -> tuple[NDArray[np.int64], int]:
    """Round to integers of `BITS` bits; value = integer * 2^exponent."""
    _, exponent = np.frexp(np.max(np.abs(values)))
    exponent = max(int(exponent), LEAST_EXPONENT)
    return np.rint(values * np.ldexp(1.0, BITS - exponent)).astype(np.int64), exponent - BITS
