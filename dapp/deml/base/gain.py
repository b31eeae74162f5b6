"""How far a model is ahead of the initial one, row by row: what a metric measures, and a reward rule credits."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """What rows' gains are measured by, in the units of a metric's evidence.

    `most` is the most that one row can count, `whole` what the rows together would have to gain for a score of 1.
    """

    most: int
    whole: int


@dataclass(frozen=True, slots=True)
class Gain:
    """A model's gains over the initial one, on the same rows: their sum, the sum of their squares, and their scale."""

    total: int
    squares: int
    scale: Scale
