"""float32 numbers as integers that order as they do."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]

KEY_BITS: Final = 32
LARGEST_KEY: Final = 2**KEY_BITS - 1
"""Above the key of every number."""

_SIGN: Final = np.int32(-(2**31))


def keys_of(values: NDArray[Any]) -> NDArray[np.uint32]:
    """Integers below `LARGEST_KEY` that order as numbers of float32 or float16 do; both zeros have the same."""
    bits = np.add(values, np.float32(0), dtype=np.float32, order="C").view(np.int32)  # that makes -0 a 0
    flipped = bits >> 31
    flipped |= _SIGN
    flipped ^= bits
    return np.asarray(flipped.view(np.uint32))


def keys_below(thresholds: NDArray[Any]) -> Integers:
    """Keys that are above those of all float32 numbers above the thresholds' own, and of no others."""
    with np.errstate(over="ignore"):
        near = thresholds.astype(np.float32)
    return keys_of(near).astype(np.int64) - (near > thresholds)
