"""Data for the demo's campaign: scikit-learn's handwritten digits, as three clinics read them off their forms.

Alpaydin and Kaynak, "Optical Recognition of Handwritten Digits" (1998): 1,797 digits of 8 by 8 pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from sklearn.datasets import load_digits

from deml_devnet.demo.data import DemoRows

SEED: Final = 1
ROUNDS: Final = 3
ROUND_ROWS: Final = 300
"""In each of the sponsor's parts."""

UNSEEN_ROWS: Final = 300
"""Shown to nobody: what models are compared on in the end."""

SAMPLE_ROWS: Final = 40
"""What the sponsor has to train its weak first model on."""

OWN_DIGITS: Final = ((0, 1, 2, 3), (4, 5, 6), (7, 8, 9))
"""Digits that a clinic sees more often than the others do."""

OWN_SHARE: Final = 0.35
"""Part of all such digits that it has to itself; the rest is shared evenly."""

LEVELS: Final = 16.0
"""Brightest pixel."""


@dataclass(frozen=True, slots=True)
class DigitParts:
    """Disjoint parts; `columns` are the names of the pixels."""

    columns: tuple[str, ...]
    sponsor: DemoRows
    unseen: DemoRows
    sample: DemoRows
    clinics: tuple[DemoRows, ...]


def share_out_digits() -> DigitParts:
    """Split the data: the sponsor's rows for all rounds, rows for the comparison, a sample, and three clinics'."""
    bunch: Any = load_digits()
    random = np.random.RandomState(SEED)
    order = random.permutation(len(bunch.target))
    x, y = bunch.data[order] / LEVELS, bunch.target[order]
    ends = np.cumsum([ROUNDS * ROUND_ROWS, UNSEEN_ROWS, SAMPLE_ROWS])
    sponsor, unseen, sample = (DemoRows(*one) for one in zip(np.split(x, ends)[:3], np.split(y, ends)[:3], strict=True))
    x, y = x[ends[-1] :], y[ends[-1] :]
    own = []
    for digits in OWN_DIGITS:
        mine = np.flatnonzero(np.isin(y, digits))
        own.append(mine[: int(OWN_SHARE * len(mine))])
    others = random.permutation(np.setdiff1d(np.arange(len(y)), np.concatenate(own)))
    shares = [np.concatenate(one) for one in zip(own, np.array_split(others, len(own)), strict=True)]
    columns = tuple(f"pixel_{number}" for number in range(x.shape[1]))
    return DigitParts(columns, sponsor, unseen, sample, tuple(DemoRows(x[one], y[one]) for one in shares))
