"""All families' references behind one function."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from tests.support import (
    reference_centroids,
    reference_cnn,
    reference_embedding_bag,
    reference_scoring,
    reference_trees,
)


def forward(fields: Mapping[str, Any], tensors: Mapping[str, Any], row: Any) -> list[Fraction]:
    """Outputs for one row of fractions or tokens, by the architecture's JSON and tensors as nested lists."""
    return FAMILIES[fields["family"]](fields, tensors, row)


def _dense(fields: Mapping[str, Any], tensors: Mapping[str, Any], row: Any) -> list[Fraction]:
    return reference_scoring.forward(tensors, row, fields.get("activation", "relu"))


FAMILIES: dict[str, Callable[[Mapping[str, Any], Mapping[str, Any], Any], list[Fraction]]] = {
    "linear": _dense,
    "logistic": _dense,
    "mlp": _dense,
    "cnn": reference_cnn.forward,
    "trees": reference_trees.forward,
    "centroids": reference_centroids.forward,
    "embedding_bag": reference_embedding_bag.forward,
}
