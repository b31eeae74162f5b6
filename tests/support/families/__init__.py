"""A module for each family: its reference and its random architectures; found by the family's name.

Each has ``forward(fields, tensors, row)``, which computes the outputs for one row slowly and obviously, as
docs/scoring.md defines them, ``small(draw)``, which draws the architecture of a small model, and
``extreme(draw)``, which draws one with the least or the most of every field. Both leave out the family's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from importlib import import_module
from random import Random
from typing import Any, Protocol, cast

from deml.scoring.families import FAMILIES as IN_THE_MACHINE
from tests.support.families.drawing import Fields


class FamilyOfTests(Protocol):
    """What a module of this package offers."""

    def forward(self, fields: Mapping[str, Any], tensors: Mapping[str, Any], row: Any) -> list[Fraction]: ...

    def small(self, draw: Random) -> Fields: ...

    def extreme(self, draw: Random) -> Fields: ...


FAMILIES: dict[str, FamilyOfTests] = {
    name: cast(FamilyOfTests, import_module(f"{__name__}.{name}")) for name in IN_THE_MACHINE
}


def forward(fields: Mapping[str, Any], tensors: Mapping[str, Any], row: Any) -> list[Fraction]:
    """Outputs for one row of fractions or tokens, by the architecture's JSON and tensors as nested lists."""
    return FAMILIES[fields["family"]].forward(fields, tensors, row)
