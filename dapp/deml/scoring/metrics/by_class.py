"""`balanced_accuracy` and `macro_f1`: means over classes, each of which counts alike however rare it is.

A class's fraction is taken in units of 2^-40, rounded to the nearest, halves up; their sum is then an integer.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.base.gain import Scale
from deml.scoring.indexing import counts
from deml.scoring.metrics.pairing import Pairing, Qualities
from deml.scoring.metrics.rounding import rounded, to_ppm

BITS: Final = 40


def balanced_accuracy(predicted: NDArray[Any], targets: NDArray[Any]) -> int:
    """Mean recall of the classes that occur among the targets."""
    hits, _, actual = _counts(predicted, targets)
    return _mean([(hit, rows) for hit, rows in zip(hits, actual, strict=True) if rows])


def macro_f1(predicted: NDArray[Any], targets: NDArray[Any]) -> int:
    """Mean F1 of the classes that occur among the targets or the predictions: 2 hits / (predicted + actual)."""
    hits, guesses, actual = _counts(predicted, targets)
    both = [guess + rows for guess, rows in zip(guesses, actual, strict=True)]
    return _mean([(2 * hit, rows) for hit, rows in zip(hits, both, strict=True) if rows])


def pairing(_classes: int, _cut: object) -> Pairing:
    """Compare hits, for `balanced_accuracy`, each by how much it weighs among the rows of its class."""

    def qualities(predicted: NDArray[Any], targets: NDArray[Any]) -> Qualities:
        return np.where(predicted == targets, _weights(targets)[targets], 0)

    def scale(targets: NDArray[Any]) -> Scale:
        weights = _weights(targets)
        return Scale(int(weights.max()), int(np.count_nonzero(weights)) << BITS)

    return Pairing(qualities, scale)


def _weights(targets: NDArray[Any]) -> Qualities:
    """2^40 over the rows of each class, rounded down; 0 for a class without rows."""
    rows = counts(targets)
    return np.where(rows > 0, (1 << BITS) // np.maximum(rows, 1), 0)


def _counts(predicted: NDArray[Any], targets: NDArray[Any]) -> tuple[list[int], list[int], list[int]]:
    """Hits, predictions and rows of each class."""
    classes = 1 + max(int(predicted.max()), int(targets.max()))
    hits = counts(targets[predicted == targets], classes).tolist()
    return hits, counts(predicted, classes).tolist(), counts(targets, classes).tolist()


def _mean(fractions: list[tuple[int, int]]) -> int:
    units = sum(rounded(part << BITS, whole) for part, whole in fractions)
    return to_ppm(units, len(fractions) << BITS)
