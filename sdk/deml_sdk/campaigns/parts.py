"""A sponsor's rows shared out: one part for each round, so that every round is judged on rows that nobody has seen.

A part is revealed with its round, and clients may learn from it from then on. So no row may be in two parts, and rows
that are equal, as the machine reads them, count as one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from deml.scoring import Architecture
from deml.scoring.task import Task
from deml_sdk.campaigns.errors import TooFewParts
from deml_sdk.data.holdout import data_file
from deml_sdk.data.tables import Table


def share_out(table: Table, architecture: Architecture, rounds: int, seed: int) -> tuple[bytes, ...]:
    """Share rows out at random, as evenly as can be, and write each part as a holdout in safetensors.

    Rows of a class are shared out evenly as well. Of equal rows the first is kept.

    Parameters
    ----------
    table
        The sponsor's rows, as the architecture takes them.
    seed
        The same seed gives the same parts. Who knows it and the rows knows the parts: it is a secret like them.

    Raises
    ------
    TooFewParts
        If a round would be left without rows.
    """
    rows = _distinct(table)
    if len(rows) < rounds:
        raise TooFewParts(len(rows), rounds)
    order = np.random.default_rng(seed).permutation(rows)
    if architecture.task is Task.CLASSIFICATION:
        order = order[np.argsort(table.y[order], kind="stable")]
    parts = [np.sort(order[number::rounds]) for number in range(rounds)]
    return tuple(data_file(architecture, table.x[part], table.y[part]) for part in parts)


def _distinct(table: Table) -> NDArray[np.int64]:
    """Numbers of rows, in order, that are the first of their kind in single precision, whatever their labels."""
    features = np.ascontiguousarray(table.x.astype(np.float32))
    _, first = np.unique(features, axis=0, return_index=True)
    found: NDArray[np.int64] = np.sort(first)
    return found
