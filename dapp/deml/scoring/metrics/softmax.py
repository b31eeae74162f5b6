"""Exponentials of logits relative to the largest, and their sum, in integers.

A single logit z stands for the two logits (0, z).
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.elementary import exp

EXP_BITS: Final = 52
"""Exponentials, at most 1, are rounded to multiples of 2^-52: 1,024 of them sum to less than 2^63 units."""


def pairs(outputs: NDArray[Any]) -> NDArray[Any]:
    """Logits of two classes or more."""
    return np.concatenate([np.zeros_like(outputs), outputs], axis=1) if outputs.shape[1] == 1 else outputs


def exponentials(logits: NDArray[Any], largest: NDArray[Any]) -> NDArray[np.int64]:
    """``exp(logit - largest)`` in units of 2^-52."""
    return units(exp(logits - largest[:, None]), EXP_BITS)


def total(exponentials: NDArray[np.int64]) -> NDArray[np.float64]:
    """Sum of each row's exponentials."""
    return np.asarray(exponentials.sum(axis=1, dtype=np.int64).astype(np.float64) * 2.0**-EXP_BITS)


def units(values: NDArray[Any], bits: int) -> NDArray[np.int64]:
    """Round to integers in units of 2^-bits."""
    return np.rint(values * 2.0**bits).astype(np.int64)
