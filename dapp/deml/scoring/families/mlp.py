"""`mlp`: hidden layers before a linear or a logistic one."""

from __future__ import annotations

from deml.scoring.activations import ACTIVATIONS
from deml.scoring.families.dense import MAX_CLASSES, MAX_HIDDEN, MAX_INPUTS, MAX_WIDTH, Dense
from deml.scoring.families.fields import Fields


def parse(fields: Fields) -> Dense:
    """Read ``task``, ``inputs``, ``hidden``, ``outputs``, ``activation`` and ``standardize``."""
    task = fields.task()
    inputs = fields.number("inputs", 1, MAX_INPUTS)
    hidden = fields.numbers("hidden", MAX_HIDDEN, 1, MAX_WIDTH)
    outputs = fields.outputs(task, MAX_CLASSES)
    activation = fields.text("activation", *ACTIVATIONS, default="relu")
    return Dense(task, (inputs, *hidden, outputs), fields.flag("standardize"), activation)
