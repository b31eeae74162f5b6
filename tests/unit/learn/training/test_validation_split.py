"""Split are held back by the seed, each class in proportion, without scikit-learn, which takes seconds to import."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deml.scoring.task import Task
from deml_learn.training.split import MIN_ROWS_TO_SPLIT, Split, validation_split


def numbered(y: np.ndarray) -> np.ndarray:
    return np.arange(len(y), dtype=np.float64)[:, None]


def held(y: list[int], part: float = 0.2, seed: int = 0, task: Task = Task.CLASSIFICATION) -> Split:
    labels = np.array(y, dtype=np.float64)
    return validation_split(numbered(labels), labels, task, part, seed)


@given(
    st.lists(st.integers(0, 3), min_size=MIN_ROWS_TO_SPLIT, max_size=80),
    st.floats(0.05, 0.9),
    st.integers(0, 5),
    st.sampled_from(Task),
)
def test_every_row_is_on_one_side_with_its_label(y: list[int], part: float, seed: int, task: Task):
    rows = held(y, part, seed, task)
    assert sorted([*rows.x[:, 0], *rows.validation_x[:, 0]]) == list(range(len(y)))
    assert len(rows.validation_y) == round(len(y) * part)
    for x, labels in ((rows.x, rows.y), (rows.validation_x, rows.validation_y)):
        assert [y[int(row)] for row in x[:, 0]] == labels.tolist()


@given(st.lists(st.integers(2, 40), min_size=2, max_size=4), st.floats(0.1, 0.9), st.integers(0, 5))
def test_every_class_is_held_back_in_proportion(counts: list[int], part: float, seed: int):
    y = [number for number, count in enumerate(counts) for _ in range(count)]
    rows = held(y, part, seed)
    if len(y) < MIN_ROWS_TO_SPLIT or len(rows.validation_y) < len(counts):
        return
    share = len(rows.validation_y) / len(y)
    for number, count in enumerate(counts):
        assert abs(np.sum(rows.validation_y == number) - share * count) <= 1 + 1e-9


def test_the_seed_decides():
    y = [0, 1] * 50
    assert np.array_equal(held(y).validation_x, held(y).validation_x)
    assert not np.array_equal(held(y).validation_x, held(y, seed=1).validation_x)


@pytest.mark.parametrize(("rows", "part"), [(MIN_ROWS_TO_SPLIT - 1, 0.5), (100, 0.0)])
def test_nothing_is_held_back_of_few_rows_or_if_nothing_is_asked(rows: int, part: float):
    found = held([0, 1] * (rows // 2), part)
    assert len(found.validation_y) == 0


def test_scikit_learn_is_not_imported():
    program = """
import sys
import numpy as np
from deml.scoring.task import Task
from deml_learn.training.split import validation_split
validation_split(np.zeros((100, 1)), np.arange(100) % 2 * 1.0, Task.CLASSIFICATION, 0.2, 0)
assert "sklearn" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True)
