"""Multilayer perceptrons: the reference for dense layers, and what is drawn."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from random import Random
from typing import Any

from tests.support import reference_scoring
from tests.support.families.drawing import (
    Fields,
    activation,
    extreme_hidden,
    extreme_standardize,
    extreme_task,
    pick,
    small_standardize,
    small_task,
)


def forward(fields: Mapping[str, Any], tensors: Mapping[str, Any], row: Any) -> list[Fraction]:
    """Outputs for one row."""
    return reference_scoring.forward(tensors, row, fields.get("activation", "relu"))


def small(draw: Random) -> Fields:
    """Fields of a small model."""
    hidden = [draw.randint(1, 8) for _ in range(draw.randint(1, 3))]
    return (
        {"inputs": draw.randint(1, 12), "hidden": hidden}
        | small_task(draw)
        | activation(draw)
        | small_standardize(draw)
    )


def extreme(draw: Random) -> Fields:
    """Fields at their least or most."""
    return {"inputs": pick(draw, 1, 65_536)} | extreme_hidden(draw, 1) | extreme_task(draw) | extreme_standardize(draw)
