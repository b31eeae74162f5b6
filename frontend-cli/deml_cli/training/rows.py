"""Rows to learn from, and rows held back to choose and judge by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from deml.scoring.task import Task
from deml_cli.training.network import Array

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
    from sklearn.model_selection import train_test_split

    held = round(len(y) * part)
    if len(y) < MIN_ROWS_TO_HOLD_BACK or not held:
        return Rows(x, y, x[:0], y[:0])
    counts = np.unique(y, return_counts=True)[1]
    stratify = None if task is Task.REGRESSION or min(counts) < 2 or held < len(counts) else y
    parts = train_test_split(x, y, test_size=held, random_state=seed, stratify=stratify)
    return Rows(parts[0], parts[2], parts[1], parts[3])
