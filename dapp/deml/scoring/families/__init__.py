"""Model families: each parses its own fields of the architecture JSON into an `Architecture`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from deml.base import strict_json
from deml.base.limits import MAX_ARCHITECTURE_BYTES
from deml.scoring.architecture import Architecture
from deml.scoring.errors import MalformedArchitecture, UnknownFamily
from deml.scoring.families import centroids, cnn, embedding_bag, linear, logistic, mlp, trees
from deml.scoring.families.fields import Fields

__all__ = ["FAMILIES", "parse_architecture"]

FAMILIES: Final[dict[str, Callable[[Fields], Architecture]]] = {
    "linear": linear.parse,
    "logistic": logistic.parse,
    "mlp": mlp.parse,
    "cnn": cnn.parse,
    "trees": trees.parse,
    "centroids": centroids.parse,
    "embedding_bag": embedding_bag.parse,
}


def parse_architecture(text: str) -> Architecture:
    """Read the architecture JSON of a job's terms.

    Raises
    ------
    MalformedArchitecture
        If it is not a JSON object, or has missing, unknown or ill-typed fields.
    UnknownFamily, ArchitectureOutOfBounds
    """
    if len(text) > MAX_ARCHITECTURE_BYTES:
        raise MalformedArchitecture(f"it has {len(text)} characters, more than {MAX_ARCHITECTURE_BYTES}")
    try:
        values = strict_json.parse(text.encode(), _unique)
    except ValueError as error:
        raise MalformedArchitecture("it is not valid JSON, or repeats a field") from error
    if not isinstance(values, dict):
        raise MalformedArchitecture("it is not a JSON object")
    fields = Fields(values)
    family = fields.text("family")
    if family not in FAMILIES:
        raise UnknownFamily(f"{family!a:.60}", ", ".join(FAMILIES))
    architecture = FAMILIES[family](fields)
    fields.finish()
    return architecture


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a field is repeated")
    return made
