"""Counting by number, alike on processors of 32 and 64 bits."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def counts(numbers: NDArray[Any], least: int = 0) -> NDArray[np.int64]:
    """Count how often each of 0, 1, 2, ... occurs, up to the largest number or `least` - 1.

    Where addresses have 32 bits, as in WebAssembly, numpy counts no numbers of 64; these are known to fit.
    """
    return np.bincount(numbers.astype(np.intp, copy=False), minlength=least).astype(np.int64, copy=False)
