"""Files of `tests/cases`: situations from public bug reports, and what is right in each."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

CASES = Path(__file__).parents[1] / "cases"


def case(name: str) -> Path:
    """A file, as ``folder/file``."""
    found = CASES / name
    if not found.is_file():
        raise FileNotFoundError(found)
    return found


def expected_of(folder: str) -> tuple[np.ndarray, np.ndarray]:
    """Features of the folder's ``expect.csv``, and what is right for them."""
    with case(f"{folder}/expect.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    columns = {name: np.array([float(row[name]) for row in rows]) for name in rows[0]}
    x, right = ([values for name, values in columns.items() if name.startswith(start)] for start in ("x", "right"))
    return np.column_stack(x), np.column_stack(right)
