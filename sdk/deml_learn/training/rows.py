"""Rows to learn from, and rows held back to choose and judge by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.task import Task
from deml_learn.training.network import Array

MIN_ROWS_TO_HOLD_BACK: Final = 10
"""With fewer rows than this, a part of them says nothing about a model's quality."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows to learn from, and rows held back; those are empty where there are too few rows."""

    x: Array
    y: Array
    held_x: Array
    held_y: Array


def hold_back(x: Array, y: Array, task: Task, part: float, seed: int) -> Rows:
    """Hold back a part of the rows, each class in proportion where every class has two rows or more."""
    held = round(len(y) * part)
    if len(y) < MIN_ROWS_TO_HOLD_BACK or not held:
        return Rows(x, y, x[:0], y[:0])
    order = np.random.default_rng(seed).permutation(len(y))
    counts = np.unique(y, return_counts=True)[1]
    if task is not Task.REGRESSION and min(counts) >= 2 and held >= len(counts):
        order = order[_in_proportion(y[order])]
    learn, back = np.sort(order[held:]), np.sort(order[:held])
    return Rows(x[learn], y[learn], x[back], y[back])


def _in_proportion(classes: Array) -> NDArray[np.intp]:
    """Order rows so that any first part of them has each class in proportion, to within a row."""
    places = np.empty(len(classes))
    for one in np.unique(classes):
        rows = np.flatnonzero(classes == one)
        places[rows] = (np.arange(len(rows)) + 0.5) / len(rows)
    return np.argsort(places, kind="stable")
