"""Tree ensembles again, slow and obvious: docs/scoring.md in integers and fractions, without numpy."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

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
