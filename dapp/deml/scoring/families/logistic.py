"""`logistic`: two classes by one logit, or any number by one logit each (softmax)."""

from __future__ import annotations

from deml.scoring.families.dense import MAX_CLASSES, MAX_INPUTS, Dense
from deml.scoring.families.fields import Fields
from deml.scoring.task import Task


def parse(fields: Fields) -> Dense:
    """Read ``inputs``, ``outputs`` and ``standardize``."""
    inputs, outputs = fields.number("inputs", 1, MAX_INPUTS), fields.number("outputs", 1, MAX_CLASSES)
    return Dense(Task.CLASSIFICATION, (inputs, outputs), fields.flag("standardize"))
