"""Exact sums of arrays of integers."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

BLOCK: Final = 1_024
"""Numbers summed in int64 at a time: 2^10 of 52 bits stay below 2^63."""

HALF: Final = 26
"""Bits of the lower half of a number of 52 bits: products of halves have 52 bits."""


def exact_sum(integers: NDArray[np.int64]) -> int:
    """Sum of integers of at most 53 bits."""
    return sum(int(integers[start : start + BLOCK].sum(dtype=np.int64)) for start in range(0, len(integers), BLOCK))


def exact_sum_of_squares(integers: NDArray[np.int64]) -> int:
    """Sum of the squares of integers of at most 52 bits and a sign."""
    return sum(_squares(integers[start : start + BLOCK]) for start in range(0, len(integers), BLOCK))


def _squares(block: NDArray[np.int64]) -> int:
    high, low = block >> HALF, block & ((1 << HALF) - 1)
    squares, products, rest = (int(one.sum(dtype=np.int64)) for one in (high * high, high * low, low * low))
    return (squares << 2 * HALF) + (products << HALF + 1) + rest
