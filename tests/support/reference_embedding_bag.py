"""Embedding bags again, slow and obvious: docs/scoring.md in integers and fractions, without numpy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

from tests.support import reference_scoring as reference
from tests.support.reference_scoring import clip, integers, nearest


def forward(fields: Mapping[str, Any], tensors: Mapping[str, Any], tokens: Sequence[int]) -> list[Fraction]:
    """Outputs for one row."""
    columns = zip(*tensors["embedding.weight"], strict=True)
    bag = [clip(of_column(fields, column, [token for token in tokens if token >= 0])) for column in columns]
    layers = {name: tensor for name, tensor in tensors.items() if name.startswith("layers.")}
    return reference.forward(layers, bag, fields.get("activation", "relu"))


def of_column(fields: Mapping[str, Any], column: Sequence[Fraction], tokens: Sequence[int]) -> Fraction:
    """One number of the bag."""
    counts, unit = integers(column, 51 - (fields["length"] - 1).bit_length())
    total = sum(counts[token] for token in tokens) * unit
    return nearest(total / max(1, len(tokens))) if fields["mode"] == "mean" else total
