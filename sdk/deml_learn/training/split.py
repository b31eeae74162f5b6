"""The validation split: rows to learn from, and rows to choose and judge by."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.task import Task
from deml_learn.training.network import Array

MIN_ROWS_TO_SPLIT: Final = 10
"""With fewer rows than this, a part of them says nothing about a model's quality."""

Places = NDArray[np.int64]
"""Numbers of rows in their table, from 0."""


def _nowhere() -> Places:
    return np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Split:
    """Rows to learn from, and the validation rows; there may be none of those.

    `validation_rows` says where the latter stand in the table, in order.
    """

    x: Array
    y: Array
    validation_x: Array
    validation_y: Array
    validation_rows: Places = field(default_factory=_nowhere)


def split_at(x: Array, y: Array, validation_rows: Places) -> Split:
    """Take some rows out of those to learn from; all keep their order."""
    out = np.zeros(len(y), bool)
    out[validation_rows] = True
    return Split(x[~out], y[~out], x[out], y[out], np.flatnonzero(out).astype(np.int64))


def validation_split(x: Array, y: Array, task: Task, part: float, seed: int) -> Split:
    """Take out a part of the rows, each class in proportion where every class has two rows or more.

    Which ones depends on the number of rows, their labels and the seed: with a privacy budget that would tell of a
    single row, and `deml_learn.privacy.split` is used.
    """
    count = round(len(y) * part)
    if len(y) < MIN_ROWS_TO_SPLIT or not count:
        return split_at(x, y, _nowhere())
    order = np.random.default_rng(seed).permutation(len(y))
    counts = np.unique(y, return_counts=True)[1]
    if task is not Task.REGRESSION and min(counts) >= 2 and count >= len(counts):
        order = order[_in_proportion(y[order])]
    return split_at(x, y, order[:count])


def _in_proportion(classes: Array) -> Places:
    """Order rows so that any first part of them has each class in proportion, to within a row."""
    places = np.empty(len(classes))
    for one in np.unique(classes):
        rows = np.flatnonzero(classes == one)
        places[rows] = (np.arange(len(rows), dtype=np.int64) + 0.5) / len(rows)
    return np.argsort(places, kind="stable").astype(np.int64)
