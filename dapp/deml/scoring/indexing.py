"""What numpy does with numbers as addresses, alike on processors of 32 and 64 bits.

Where addresses have 32 bits, as in WebAssembly, numpy refuses numbers of 64 here. All these are small enough.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def counts(numbers: NDArray[Any], least: int = 0) -> NDArray[np.int64]:
    """Count how often each of 0, 1, 2, ... occurs, up to the largest number or `least` - 1."""
    return np.bincount(numbers.astype(np.intp, copy=False), minlength=least).astype(np.int64, copy=False)


def take_rows(table: NDArray[Any], numbers: NDArray[np.int64], out: NDArray[Any]) -> None:
    """Put the rows with these numbers into `out`, in order."""
    table.take(numbers.astype(np.intp, copy=False), axis=0, out=out, mode="clip")
