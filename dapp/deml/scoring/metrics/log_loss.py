"""`log_loss`: minus the mean cross-entropy in nats; 0 is perfect.

A single logit z stands for the two logits (0, z).
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.elementary import exp, log
from deml.scoring.metrics.rounding import to_ppm

EXP_BITS: Final = 52
"""Exponentials, at most 1, are rounded to multiples of 2^-52: 1,024 of them sum to less than 2^63 units."""

LOSS_BITS: Final = 30
"""Losses are rounded to multiples of 2^-30 nats."""

MAX_LOSS: Final = 4_096.0
"""Largest loss of a row in nats: a million rows then sum to less than 2^63 units."""


def measure(outputs: NDArray[Any], targets: NDArray[Any]) -> int:
    """Sum over the rows, log(sum of exp(z_j - z_max)) + (z_max - z_target)."""
    logits = np.concatenate([np.zeros_like(outputs), outputs], axis=1) if outputs.shape[1] == 1 else outputs
    largest = np.max(logits, axis=1)
    at_target = np.take_along_axis(logits, targets[:, None], axis=1)[:, 0]
    exponentials = _units(exp(logits - largest[:, None]), EXP_BITS)
    total = np.sum(exponentials, axis=1).astype(np.float64) * 2.0**-EXP_BITS
    losses = np.minimum(log(total) + (largest - at_target), MAX_LOSS)
    return to_ppm(-int(np.sum(_units(losses, LOSS_BITS))), len(targets) << LOSS_BITS)


def _units(values: NDArray[Any], bits: int) -> NDArray[np.int64]:
    return np.rint(values * 2.0**bits).astype(np.int64)
