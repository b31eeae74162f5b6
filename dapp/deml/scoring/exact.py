"""Matrix products that are the same on every processor: error-free scaling, the one-slice case of the Ozaki scheme.

Ozaki, Ogita, Oishi and Rump, "Error-free transformations of matrix multiplication by using fast routines of matrix
multiplication and its applications", Numerical Algorithms 59 (2012). Each row of x and each column of w is scaled by a
power of two and rounded to integers of b bits, with 2 b + ceil(log2 k) <= 53. Every partial sum of their product is
then an integer that float64 holds exactly, so neither order, nor fused multiply-add, nor threads can change it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SIGNIFICAND_BITS: Final = 53
"""Integers up to 2^53 are exact in float64."""

LEAST_EXPONENT: Final = -200
"""A vector whose largest magnitude lies below 2^-200 is scaled as if it did not: it keeps fewer bits, and none below
2^-226. With `CEILING` this keeps every number either zero or within 2^-460 .. 2^300: there is no overflow, no infinity
and no subnormal, and rescaling is exact."""

CEILING: Final = 2.0**100
"""Activations are clipped to this magnitude."""


@dataclass(frozen=True, slots=True)
class Scaled:
    """Vectors as integers: vector i is ``values[i] * 2**exponents[i]``; `values` has one vector a row."""

    values: Array
    exponents: NDArray[np.int16]

    def __len__(self) -> int:
        """Count the vectors."""
        return len(self.exponents)

    def __getitem__(self, part: slice) -> Scaled:
        """Take some of the vectors."""
        return Scaled(self.values[part], self.exponents[part])


def bits_for(length: int) -> int:
    """Bits for each factor of a product that sums `length` terms."""
    return (SIGNIFICAND_BITS - (length - 1).bit_length()) // 2


def scale(vectors: Array) -> Scaled:
    """Round each row of `vectors` to integers of `bits_for` its length, relative to its largest magnitude.

    Parameters
    ----------
    vectors
        m by k; finite, of magnitude below 2^128.
    """
    bits = bits_for(vectors.shape[1])
    largest = np.max(np.abs(vectors), axis=1)
    _, exponents = np.frexp(largest)
    exponents = np.maximum(exponents, LEAST_EXPONENT) - bits
    values = vectors * np.ldexp(1.0, -exponents)[:, None]
    np.rint(values, out=values)
    return Scaled(values, exponents.astype(np.int16))


def product(x: Scaled, w: Scaled) -> Array:
    """Multiply x (n by k) with the transpose of w (m by k): n by m, in float64."""
    sums: Array = x.values @ w.values.T
    sums *= np.ldexp(1.0, x.exponents)[:, None]
    sums *= np.ldexp(1.0, w.exponents)[None, :]
    return sums


def clip(values: Array) -> Array:
    """Bound activations to `CEILING`, in place."""
    return np.clip(values, -CEILING, CEILING, out=values)
