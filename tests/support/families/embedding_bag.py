"""Embedding bags again, slow and obvious: docs/scoring.md in integers and fractions, without numpy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from random import Random
from typing import Any

from tests.support import reference_scoring as reference
from tests.support.families.drawing import Fields, activation, extreme_hidden, extreme_task, pick, small_task
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


def small(draw: Random) -> Fields:
    """Fields of a small model."""
    fields: Fields = {"vocabulary": draw.randint(1, 30), "length": draw.randint(1, 9), "dimension": draw.randint(1, 6)}
    fields["mode"] = draw.choice(["mean", "sum"])
    fields["hidden"] = [draw.randint(1, 8) for _ in range(draw.randint(0, 2))]
    return fields | small_task(draw) | activation(draw)


def extreme(draw: Random) -> Fields:
    """Fields at their least or most."""
    fields = {"vocabulary": pick(draw, 1, 2**20), "length": pick(draw, 1, 65_536), "dimension": pick(draw, 1, 1_024)}
    return fields | {"mode": draw.choice(["mean", "sum"])} | extreme_hidden(draw, 0) | extreme_task(draw)
