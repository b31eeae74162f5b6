"""Nearest centroids again, slow and obvious: docs/scoring.md in integers and fractions, without numpy."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from random import Random
from typing import Any

from tests.support.families.drawing import Fields, extreme_standardize, pick, small_standardize
from tests.support.reference_scoring import Vector, clip, dot, nearest


def forward(fields: Mapping[str, Any], tensors: Mapping[str, Any], row: Vector) -> list[Fraction]:
    """Logits for one row."""
    if fields.get("standardize"):
        moments = zip(row, tensors["standardize.mean"], tensors["standardize.scale"], strict=True)
        row = [clip(nearest(nearest(x - mean) / scale)) for x, mean, scale in moments]
    points, each = tensors["centroids.points"], fields["per_class"]
    nearness = [clip(nearest(2 * dot(row, point) - dot(point, point))) for point in points]
    return [max(nearness[first : first + each]) for first in range(0, len(points), each)]


def small(draw: Random) -> Fields:
    """Fields of a small model."""
    fields = {"inputs": draw.randint(1, 12), "outputs": draw.randint(2, 5), "per_class": draw.randint(1, 3)}
    return fields | small_standardize(draw)


def extreme(draw: Random) -> Fields:
    """Fields at their least or most."""
    outputs = pick(draw, 2, 1_024)
    fields = {"inputs": pick(draw, 1, 65_536), "outputs": outputs, "per_class": pick(draw, 1, 8_192 // outputs)}
    return fields | extreme_standardize(draw)
