"""exp, log, sigmoid, tanh and GELU out of correctly rounded operations in a fixed order.

Add, subtract, multiply, divide, compare, and moves of exponent bits: nothing else. The C library's own functions differ
between platforms in the last bit. Each numpy call below is one such operation on every element; no two of them are ever
fused. `docs/scoring.md` has the formulas and the error bounds.
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

ERFC_CENTRE: Final = 3.75
ERFC_LIMIT: Final = 26.5
"""Beyond this erfc is taken at this: 10^-307."""
ERFC_COEFFICIENTS: Final = tuple(
    float.fromhex(one)
    for one in (
        "0x1.3ccda0b5d5d26p-1",
        "-0x1.1f367683f2cebp-4",
        "0x1.d5f29490c62b9p-10",
        "0x1.510169cdd4f09p-5",
        "-0x1.bda930aa399ecp-5",
        "0x1.7a1418bbfd2f5p-5",
        "-0x1.e0d0f8cd6bc6ap-6",
        "0x1.d0affd2c48cd4p-7",
        "-0x1.3f6067378a2dep-8",
        "0x1.cc3bd1fa3f559p-11",
        "0x1.340fab48b9b17p-13",
        "-0x1.3052617fa54a2p-13",
        "0x1.afc30ef700003p-16",
        "0x1.7976cf14f2261p-17",
        "-0x1.772640323123dp-18",
        "-0x1.246b4315472f3p-21",
        "0x1.9534520db9421p-21",
        "0x1.b61b723941781p-28",
        "-0x1.0fc16c00b50f2p-24",
    )
)
"""(1 + 2a) exp(a^2) erfc(a) / 2 as a polynomial in u = (a - `ERFC_CENTRE`) / (a + `ERFC_CENTRE`), for all a >= 0: its
Chebyshev series up to degree 18, in powers of u (the mapping is that of Shepherd and Laframboise, "Chebyshev
approximation of (1+2x)exp(x^2)erfc(x) in 0 <= x < infinity", Mathematics of Computation 36, 1981). What is cut off sums
to less than 2^-44."""

_FRACTION_BITS: Final = 52
_BIAS: Final = 1023
_TO_INTEGER: Final = 1.5 * 2.0**_FRACTION_BITS
"""Added to a number below 2^51, it leaves the nearest integer, ties to even, in the low bits of the sum."""
_SQRT_HALF_BITS: Final = np.float64(SQRT_HALF).view(np.int64)


def exp(t: Array) -> Array:
    """E to the power of `t`, for t <= 0; relative error below 2^-51."""
    r, power = _reduced(t)
    result = _horner(EXP_COEFFICIENTS, r)
    result *= power
    return result


def log(s: Array) -> Array:
    """Natural logarithm of `s`, positive and not subnormal; absolute error below 2^-51 (1 + abs(log s))."""
    bits = np.asarray(s).view(np.int64)
    exponent = bits - _SQRT_HALF_BITS
    exponent >>= _FRACTION_BITS
    n = exponent.astype(np.float64)
    exponent <<= _FRACTION_BITS
    m = (bits - exponent).view(np.float64)
    f = (m - 1.0) / (m + 1.0)
    series = _horner(LOG_COEFFICIENTS, f * f)
    series *= f
    series += n * LN2_LOW
    series += n * LN2_HIGH
    return series


def sigmoid(z: Array) -> Array:
    """1 / (1 + exp(-z)); relative error below 2^-50."""
    small = exp(np.copysign(z, -1.0))
    result = np.where(z < 0, small, 1.0)
    small += 1.0
    result /= small
    return result


def tanh(z: Array) -> Array:
    """Hyperbolic tangent; relative error below 2^-50."""
    r, power = _reduced(np.copysign(z, -1.0) * 2.0)
    below_one = _horner(EXP_COEFFICIENTS[1:], r)
    below_one *= r
    below_one *= power
    power -= 1.0
    below_one += power
    result = below_one / (-2.0 - below_one)
    return np.copysign(result, z, out=result)


def gelu(z: Array) -> Array:
    """Z times the normal distribution's Phi(z), the form with erf; absolute error below 2^-43 abs(z)."""
    magnitude = np.abs(z)
    a = np.minimum(magnitude * SQRT_HALF, ERFC_LIMIT)
    half_erfc = _horner(ERFC_COEFFICIENTS, (a - ERFC_CENTRE) / (a + ERFC_CENTRE))
    half_erfc /= 2.0 * a + 1.0
    a *= -a
    half_erfc *= exp(a)
    half_erfc *= magnitude
    result = np.maximum(z, 0.0)
    result -= half_erfc
    return result


def _reduced(t: Array) -> tuple[Array, Array]:
    """The r in [-ln2/2, ln2/2] and the 2^n with exp(t) = exp(r) 2^n."""
    t = np.maximum(t, EXP_FLOOR)
    n = t * LOG2_E
    n += _TO_INTEGER
    bits = n.view(np.int64) + _BIAS
    bits <<= _FRACTION_BITS
    n -= _TO_INTEGER
    t -= n * LN2_HIGH
    n *= LN2_LOW
    t -= n
    return t, bits.view(np.float64)


def _horner(coefficients: tuple[float, ...], x: Array) -> Array:
    total = x * coefficients[-1]
    total += coefficients[-2]
    for coefficient in coefficients[-3::-1]:
        total *= x
        total += coefficient
    return total
