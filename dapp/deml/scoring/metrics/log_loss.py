"""`log_loss`: minus the mean cross-entropy in nats; 0 is perfect."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.elementary import log
from deml.scoring.metrics.pairing import Cut, Pairing, by_row
from deml.scoring.metrics.rounding import to_ppm
from deml.scoring.metrics.softmax import exponentials, pairs, total, units

LOSS_BITS: Final = 30
"""Losses are rounded to multiples of 2^-30 nats."""

MAX_LOSS: Final = 4_096.0
"""Largest loss of a row in nats: a million rows then sum to less than 2^63 units."""


def losses(outputs: NDArray[Any], targets: NDArray[Any]) -> NDArray[np.int64]:
    """Take log(sum of exp(z_j - z_max)) + (z_max - z_target) of each row."""
    logits = pairs(outputs)
    largest = np.max(logits, axis=1)
    at_target = np.take_along_axis(logits, targets[:, None], axis=1)[:, 0]
    loss = log(total(exponentials(logits, largest))) + (largest - at_target)
    return units(np.minimum(loss, MAX_LOSS), LOSS_BITS)


def measure(losses: NDArray[Any], targets: NDArray[Any]) -> int:
    """Minus the mean."""
    return to_ppm(-int(losses.sum(dtype=np.int64)), len(targets) << LOSS_BITS)


def pairing(_classes: int, cut: Cut) -> Pairing:
    """Compare losses, cut."""
    a_row = cut.a_row(LOSS_BITS)
    return by_row(lambda losses, _: -np.minimum(losses, a_row.most), a_row)
