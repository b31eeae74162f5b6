"""The one way in which metrics are rounded."""

from __future__ import annotations

from deml.base.limits import PPM


def to_ppm(numerator: int, denominator: int) -> int:
    """``numerator / denominator`` in parts per million, halves rounded up; `denominator` is positive."""
    return (2 * PPM * numerator + denominator) // (2 * denominator)
