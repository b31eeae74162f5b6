"""Linear regression: the reference for dense layers, and what is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from random import Random
from typing import Any

from tests.support import reference_scoring
from tests.support.families.drawing import Fields, extreme_standardize, pick, small_standardize


def forward(fields: Mapping[str, Any], tensors: Mapping[str, Any], row: Any) -> list[Fraction]:
    """Outputs for one row."""
    return reference_scoring.forward(tensors, row, fields.get("activation", "relu"))


def small(draw: Random) -> Fields:
    """Fields of a small model."""
    return {"inputs": draw.randint(1, 12)} | small_standardize(draw)


def extreme(draw: Random) -> Fields:
    """Fields at their least or most."""
    return {"inputs": pick(draw, 1, 65_536)} | extreme_standardize(draw)
