"""Scores as people read them."""

from __future__ import annotations

from deml.base.limits import PPM


def score_text(ppm: int) -> str:
    """Write parts per million as a decimal fraction, exactly."""
    whole, rest = divmod(abs(ppm), PPM)
    return f"{'-' if ppm < 0 else ''}{whole}.{rest:06d}"
