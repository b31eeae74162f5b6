"""Two models on the same rows: what a metric makes of each row, so that luck can be told from gain.

A row's quality is an integer in the unit of the metric's evidence, the higher the better. Gains are the differences of
a model's qualities and the initial model's; they are what `deml.market.luck` works on.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.base.gain import Gain, Scale
from deml.base.limits import PPM
from deml.scoring.metrics.sums import exact_sum, exact_sum_of_squares

Qualities = NDArray[np.int64]

CUT_BITS: Final = 40
"""Losses of any size are taken in such units that the cut has at most so many bits."""

LARGEST: Final = 2.0**21
"""Losses are clipped to this before they are rounded: twice the largest cut, `MAX_SCORE` in ppm."""


@dataclass(frozen=True, slots=True)
class Pairing:
    """How a metric compares two models on the same rows.

    `qualities` takes the evidence and the targets of all rows, `scale` the targets. `a_row` is the scale of a single
    row where it does not depend on the targets: the most it can count, and what makes a score of 1. `summed` picks the
    rows whose gains add up to the gain in score, where that is not all of them.
    """

    qualities: Callable[[NDArray[Any], NDArray[Any]], Qualities]
    scale: Callable[[NDArray[Any]], Scale]
    a_row: Scale | None = None
    summed: Callable[[NDArray[Any]], Any] = lambda _targets: slice(None)

    def gain(self, qualities: Qualities, initial: Qualities, targets: NDArray[Any]) -> Gain:
        """Sum up how far `qualities` are above the `initial` model's; exact, and additive over slices of rows."""
        gains = qualities - initial
        total = exact_sum(gains[self.summed(targets)])
        return Gain(total, exact_sum_of_squares(gains), self.scale(targets))


def by_row(qualities: Callable[[NDArray[Any], NDArray[Any]], Qualities], a_row: Scale) -> Pairing:
    """Pairing of a metric that is a mean over the rows, each of which counts alike."""
    return Pairing(qualities, lambda targets: Scale(a_row.most, len(targets) * a_row.whole), a_row)


@dataclass(frozen=True, slots=True)
class Cut:
    """The loss, in ppm of its unit, above which a row of a loss without bounds counts no more for or against luck."""

    ppm: int

    @property
    def bits(self) -> int:
        """Losses are rounded to multiples of 2^-bits, in which the cut has at most `CUT_BITS` bits."""
        return CUT_BITS - (self.ppm // PPM).bit_length()

    def a_row(self, bits: int) -> Scale:
        """Scale of a row whose losses are in units of 2^-bits."""
        return Scale((self.ppm << bits) // PPM, 1 << bits)

    def qualities(self, losses: NDArray[np.float64]) -> Qualities:
        """Minus the losses, which are not negative, rounded and cut."""
        units = np.rint(np.minimum(losses, LARGEST) * 2.0**self.bits).astype(np.int64)
        return -np.minimum(units, self.a_row(self.bits).most)
