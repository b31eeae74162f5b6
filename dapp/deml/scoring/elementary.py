"""exp and log out of correctly rounded operations in a fixed order: add, subtract, multiply, divide, round, scale.

The C library's own differ between platforms in the last bit. Each numpy call below is one such operation on every
element; no two of them are ever fused.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LOG2_E: Final = float.fromhex("0x1.71547652b82fep+0")
LN2_HIGH: Final = float.fromhex("0x1.62e42feep-1")
"""ln 2 to 32 bits, so that its products with integers up to 2^20 are exact (Cody and Waite's reduction)."""
LN2_LOW: Final = float.fromhex("0x1.a39ef35793c76p-33")
"""ln 2 - `LN2_HIGH`."""

EXP_FLOOR: Final = -700.0
"""Below this exp is taken at this: 10^-304, still no subnormal, and nothing beside a 1."""

_FACTORIALS = (1, 1, 2, 6, 24, 120, 720, 5040, 40320, 362880, 3628800, 39916800, 479001600, 6227020800)
EXP_COEFFICIENTS: Final = tuple(1.0 / one for one in _FACTORIALS)
"""Taylor coefficients of exp; on [-ln2/2, ln2/2] the remainder is below 5e-18."""

LOG_COEFFICIENTS: Final = tuple(2.0 / odd for odd in range(1, 24, 2))
"""Coefficients of log((1+f)/(1-f)) in odd powers of f; for |f| <= 0.1716 the remainder is below 1e-19."""

SQRT_HALF: Final = float.fromhex("0x1.6a09e667f3bcdp-1")


def exp(t: Array) -> Array:
    """E to the power of `t`, for t <= 0; relative error below 2^-51."""
    t = np.maximum(t, EXP_FLOOR)
    n = np.rint(t * LOG2_E)
    r = (t - n * LN2_HIGH) - n * LN2_LOW
    return np.ldexp(_horner(EXP_COEFFICIENTS, r), n.astype(np.int32))


def log(s: Array) -> Array:
    """Natural logarithm of `s`, for s >= 1; absolute error below 2^-51 (1 + log s)."""
    m, e = np.frexp(s)
    low = m < SQRT_HALF
    m = np.where(low, m + m, m)
    n = (e - low).astype(np.float64)
    f = (m - 1.0) / (m + 1.0)
    series = f * _horner(LOG_COEFFICIENTS, f * f)
    return np.asarray(n * LN2_HIGH + (series + n * LN2_LOW))


def _horner(coefficients: tuple[float, ...], x: Array) -> Array:
    total = np.full_like(x, coefficients[-1])
    for coefficient in reversed(coefficients[:-1]):
        total = total * x
        total = total + coefficient
    return total
