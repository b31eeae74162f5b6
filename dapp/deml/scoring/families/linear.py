"""`linear`: one value as a weighted sum of the features."""

from __future__ import annotations

from deml.scoring.families.dense import MAX_INPUTS, Dense
from deml.scoring.families.fields import Fields
from deml.scoring.task import Task


def parse(fields: Fields) -> Dense:
    """Read ``inputs`` and ``standardize``."""
    inputs = fields.number("inputs", 1, MAX_INPUTS)
    return Dense(Task.REGRESSION, (inputs, 1), fields.flag("standardize"))
