"""Nearest centroids again, slow and obvious: docs/scoring.md in integers and fractions, without numpy."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from tests.support.reference_scoring import Vector, clip, dot, nearest


def forward(fields: Mapping[str, Any], tensors: Mapping[str, Any], row: Vector) -> list[Fraction]:
    """Logits for one row."""
    if fields.get("standardize"):
        moments = zip(row, tensors["standardize.mean"], tensors["standardize.scale"], strict=True)
        row = [clip(nearest(nearest(x - mean) / scale)) for x, mean, scale in moments]
    points, each = tensors["centroids.points"], fields["per_class"]
    nearness = [clip(nearest(2 * dot(row, point) - dot(point, point))) for point in points]
    return [max(nearness[first : first + each]) for first in range(0, len(points), each)]
