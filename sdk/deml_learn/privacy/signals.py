"""What an outsider can compute for a row, given a model: its loss, and how sure the model is of the right answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from deml.scoring import Model
from deml.scoring.architecture import TensorKind
from deml.scoring.task import Task
from deml_learn.training.network import Array

_TINY: Final = 1e-12


@dataclass(frozen=True, slots=True)
class Signals:
    """One place a row: `losses`, and `confidence` on a scale on which it is about normally distributed."""

    losses: Array
    confidence: Array


def signals(model: Model, x: Array, y: Array) -> Signals:
    """Compute what a model says of rows.

    Confidence is the logit of the right class's probability (Carlini et al., "Membership Inference Attacks From First
    Principles", 2022), and for predicted values the negative logarithm of the squared error.

    Parameters
    ----------
    x, y
        Rows by features as the model takes them, not standardised; a class number or value each.
    """
    architecture = model.architecture
    features = (
        x.astype(np.int64) if architecture.features is TensorKind.INTEGER else x.astype(np.float32).astype(np.float64)
    )
    outputs = architecture.forward(model.compiled, architecture.prepare(features))
    if architecture.task is Task.REGRESSION:
        squares = np.sum((outputs - y[:, None]) ** 2, axis=1)
        return Signals(squares / 2, -np.log(squares + _TINY))
    logits = np.column_stack([np.zeros(len(y)), outputs]) if architecture.outputs == 1 else outputs
    rows, right = np.arange(len(y), dtype=np.int64), y.astype(np.int64)
    others = logits.copy()
    others[rows, right] = -np.inf
    margin = logits[rows, right] - np.logaddexp.reduce(others, axis=1)
    return Signals(np.logaddexp(0.0, -margin), margin)
