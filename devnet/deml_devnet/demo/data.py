"""Real data for the demo: scikit-learn's breast-cancer diagnostics, shared out as life would.

Wolberg, Street and Mangasarian, "Breast Cancer Wisconsin (Diagnostic)" (1995): 569 tumours, 30 measurements each.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

SEED: Final = 1
HOLDOUT_ROWS: Final = (114, 60, 80)
"""One holdout for each of the three jobs: a holdout serves one job."""

SAMPLE_ROWS: Final = 24
"""What the sponsor has to train its weak initial model on."""

SIZE_COLUMN: Final = 0
"""Mean radius; clinics differ in how large the tumours are that they see."""

SHARES_OF_SMALL: Final = (0.8, 0.2, 0.5)
"""Part of each clinic's patients that have tumours below the median size."""

LABEL: Final = "diagnosis"


@dataclass(frozen=True, slots=True)
class DemoRows:
    """Some of the rows, with what they are to be told as."""

    x: NDArray[np.float64]
    y: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.y)

    def flipped(self) -> DemoRows:
        """Every diagnosis turned around: a poisoner's data."""
        return DemoRows(self.x, 1 - self.y)

    def save(self, path: Path, columns: tuple[str, ...], label: str = LABEL) -> Path:
        """Write a CSV file, as a client would have it; `label` is the column that is predicted."""
        lines = [",".join((*columns, label))]
        lines += [",".join(map(repr, map(float, row))) + f",{what}" for row, what in zip(self.x, self.y, strict=True)]
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path


@dataclass(frozen=True, slots=True)
class Parts:
    """Disjoint parts of the data; `columns` are the names of the measurements."""

    columns: tuple[str, ...]
    holdouts: tuple[DemoRows, ...]
    sample: DemoRows
    clinics: tuple[DemoRows, ...]


def share_out() -> Parts:
    """Split the data: holdouts, the sponsor's sample, and three clinics that see different patients."""
    bunch: Any = load_breast_cancer()
    x, y = bunch.data, bunch.target
    left = np.arange(len(y))
    holdouts = []
    for rows in HOLDOUT_ROWS:
        left, held = train_test_split(left, test_size=rows, random_state=SEED, stratify=y[left])
        holdouts.append(DemoRows(x[held], y[held]))
    sample, left = left[:SAMPLE_ROWS], left[SAMPLE_ROWS:]
    columns = tuple(str(name).replace(" ", "_") for name in bunch.feature_names)
    clinics = tuple(DemoRows(x[some], y[some]) for some in _clinics(x, left))
    return Parts(columns, tuple(holdouts), DemoRows(x[sample], y[sample]), clinics)


def _clinics(x: NDArray[np.float64], patients: NDArray[np.intp]) -> list[NDArray[np.intp]]:
    by_size = patients[np.argsort(x[patients, SIZE_COLUMN], kind="stable")]
    random = np.random.RandomState(SEED)
    small, large = (random.permutation(half) for half in np.array_split(by_size, 2))
    each = len(patients) // len(SHARES_OF_SMALL)
    clinics = []
    for share in SHARES_OF_SMALL:
        count = round(each * share)
        clinics.append(np.concatenate([small[:count], large[: each - count]]))
        small, large = small[count:], large[each - count :]
    return clinics
