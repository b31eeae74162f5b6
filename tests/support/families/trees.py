"""Tree ensembles again, slow and obvious: docs/scoring.md in integers and fractions, without numpy."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from random import Random
from typing import Any

from tests.support.families.drawing import Fields, extreme_task, pick, small_task
from tests.support.reference_scoring import Vector, clip, integers, log, nearest


def forward(fields: Mapping[str, Any], tensors: Mapping[str, Any], row: Vector) -> list[Fraction]:
    """Outputs for one row."""
    leaves = [leaf(tensors, tree, row) for tree in range(fields["trees"])]
    outputs = [total(fields, tensors, leaves, output) for output in range(fields["outputs"])]
    if fields.get("output") == "probabilities":
        return [log(max(output, Fraction(1, 2**40))) for output in outputs]
    return outputs


def leaf(tensors: Mapping[str, Any], tree: int, row: Vector) -> int:
    """Number of the leaf that the row comes to."""
    feature, threshold, left, right = (
        tensors[f"trees.{name}"][tree] for name in ("feature", "threshold", "left", "right")
    )
    node = 0
    while feature[node] >= 0:
        node = left[node] if row[feature[node]] <= threshold[node] else right[node]
    return int(node)


def total(fields: Mapping[str, Any], tensors: Mapping[str, Any], leaves: list[int], output: int) -> Fraction:
    """Base and sum of one output; all nodes' values of that output count in one unit."""
    values = tensors["trees.value"]
    column = [node[output] for tree in values for node in tree]
    counts, unit = integers(column, 51 - (fields["trees"] - 1).bit_length())
    nodes = fields["nodes"]
    return clip(
        nearest(
            sum(counts[tree * nodes + leaf] for tree, leaf in enumerate(leaves)) * unit + tensors["trees.base"][output]
        )
    )


def small(draw: Random) -> Fields:
    """Fields of a small model."""
    fields = {"inputs": draw.randint(1, 12), "trees": draw.randint(1, 7), "nodes": draw.randint(1, 31)}
    fields |= {"depth": draw.randint(1, 6)} | small_task(draw)
    if fields["outputs"] > 1 and draw.randrange(2):
        fields["output"] = "probabilities"
    return fields


def extreme(draw: Random) -> Fields:
    """Fields at their least or most."""
    fields = {"inputs": pick(draw, 1, 65_536), "trees": pick(draw, 1, 4_096), "nodes": pick(draw, 1, 32_767)}
    fields |= {"depth": draw.choice([1, 3, 6, 8, 9, 15, 64])} | extreme_task(draw)
    return fields | ({"output": "probabilities"} if fields["outputs"] > 1 and draw.random() < 0.5 else {})
