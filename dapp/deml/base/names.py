"""How names of fields are spelled outside Python."""

from __future__ import annotations


def camel(field: str) -> str:
    """Name of a field as ``IDeML.sol`` and JSON have it: ``jobId`` for ``job_id``."""
    first, *rest = field.split("_")
    return first + "".join(map(str.capitalize, rest))
