"""The one way in which metrics are rounded."""

from __future__ import annotations

from deml.base.limits import PPM


def rounded(numerator: int, denominator: int) -> int:
    """``numerator / denominator`` to the nearest integer, halves up; `denominator` is positive."""
    return (2 * numerator + denominator) // (2 * denominator)


def to_ppm(numerator: int, denominator: int) -> int:
    """``numerator / denominator`` in parts per million, halves rounded up; `denominator` is positive."""
    return rounded(PPM * numerator, denominator)
