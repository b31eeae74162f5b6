"""Matrix products that are the same on every processor: error-free scaling, the one-slice case of the Ozaki scheme.

Ozaki, Ogita, Oishi and Rump, "Error-free transformations of matrix multiplication by using fast routines of matrix
multiplication and its applications", Numerical Algorithms 59 (2012). Each vector is rounded to multiples of its own
power of two, at most 2^b of them, with 2 b + ceil(log2 k) <= 53. Every partial sum of a product is then a multiple of
the two powers' product, at most 2^53 of it, which float64 holds exactly: neither order, nor fused multiply-add, nor
threads can change it. Numbers stay what they are throughout, so that nothing needs scaling back.
"""

from __future__ import annotations

from math import prod
from typing import Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.blocks import BLOCK_NUMBERS, blocks

Array = NDArray[np.float64]
Axes = int | tuple[int, ...]

SIGNIFICAND_BITS: Final = 53
"""Integers up to 2^53 are exact in float64."""

SUM_BITS: Final = 51
"""Sums have two bits to spare: a number of 51 bits can still be rounded by adding and subtracting."""

LEAST_EXPONENT: Final = -200
"""A vector whose largest magnitude lies below 2^-200 is rounded as if it did not: it keeps fewer bits, and none below
2^-226. With `CEILING` this keeps every number either zero or within 2^-460 .. 2^300: there is no overflow, no infinity
and no subnormal."""

CEILING: Final = 2.0**100
"""Activations are clipped to this magnitude."""

_FRACTION_BITS: Final = SIGNIFICAND_BITS - 1
_EXPONENT: Final = np.int64(0x7FF << _FRACTION_BITS)
_HALF: Final = 1 << _FRACTION_BITS - 1
_MAGNITUDE: Final = np.int64(2**63 - 1)
_LEAST_LARGEST: Final = np.float64(2.0 ** (LEAST_EXPONENT - 1)).view(np.int64)


def bits_for(length: int) -> int:
    """Bits for each factor of a product that sums `length` terms."""
    return (SIGNIFICAND_BITS - (length - 1).bit_length()) // 2


def scale(
    vectors: Array,
    axis: Axes = 1,
    *,
    terms: int | None = None,
    nonnegative: bool = False,
    out: Array | None = None,
) -> Array:
    """Round vectors for products, each to its own grid: multiples of 2^(e - bits), where 2^e is above its largest.

    Parameters
    ----------
    vectors
        Finite, of magnitude below 2^128.
    axis
        Along which a vector lies: 1 if each row is one, 0 if each column is.
    terms
        How many terms the products sum, if not as many as the vector has.
    nonnegative
        That there is no number below zero, which saves looking for one.
    out
        Where to put the result, perhaps `vectors` itself.
    """
    axes = (axis,) if isinstance(axis, int) else axis
    return _rounded(vectors, axis, bits_for(terms or prod(vectors.shape[one] for one in axes)), nonnegative, out)


def addends(vectors: Array, terms: int, axis: Axes = 1) -> Array:
    """Round vectors, each to its own grid, so that sums of `terms` of its numbers are exact: multiples of at most 2^51.

    Parameters
    ----------
    vectors, axis
        As for `scale`.
    """
    return _rounded(vectors, axis, SUM_BITS - (terms - 1).bit_length(), nonnegative=False, out=None)


def _rounded(vectors: Array, axis: Axes, bits: int, nonnegative: bool, out: Array | None) -> Array:
    """Round by adding and subtracting 1.5 * 2^52 steps of the grid: the sum has no bits for less. Needs bits <= 51."""
    if isinstance(axis, int) and vectors.size > BLOCK_NUMBERS:
        return _rounded_in_blocks(vectors, axis, bits, nonnegative, np.empty_like(vectors) if out is None else out)
    return _round(vectors, _shift(_largest(vectors, axis, nonnegative), bits), axis, out)


def _rounded_in_blocks(vectors: Array, axis: int, bits: int, nonnegative: bool, out: Array) -> Array:
    parts = list(blocks(len(vectors), vectors.shape[1]))
    if axis == 0:
        shift = _shift(np.maximum.reduce([_largest(vectors[part], 0, nonnegative) for part in parts]), bits)
    for part in parts:
        if axis == 1:
            shift = _shift(_largest(vectors[part], 1, nonnegative), bits)
        _round(vectors[part], shift, axis, out[part])
    return out


def _largest(vectors: Array, axis: Axes, nonnegative: bool) -> NDArray[np.int64]:
    """Find the largest magnitude of each vector; they are compared as bit patterns, which are ordered alike."""
    patterns = vectors.view(np.int64)
    magnitudes = patterns if nonnegative else patterns & _MAGNITUDE
    return np.asarray(np.maximum.reduce(magnitudes, axis=axis, keepdims=True, initial=_LEAST_LARGEST))


def _shift(largest: NDArray[np.int64], bits: int) -> Array:
    """Make, of largest magnitudes, what is to be added."""
    shift = largest & _EXPONENT
    shift += (SIGNIFICAND_BITS - bits << _FRACTION_BITS) + _HALF
    return shift.view(np.float64)


def _round(vectors: Array, shift: Array, axis: Axes, out: Array | None) -> Array:
    if axis == 0:
        shift = np.repeat(shift, len(vectors), axis=0)  # numpy adds arrays of one shape at two thirds of the price
    rounded: Array = np.add(vectors, shift, out=out)
    rounded -= shift
    return rounded


def product(x: Array, w: Array) -> Array:
    """Multiply x (n by k) with the transpose of w (m by k), whose rows are all `scale`d for k terms: n by m.

    Stacks of such matrices are multiplied pair by pair.
    """
    sums: Array = x @ w.swapaxes(-1, -2)
    return sums


def clip(values: Array) -> Array:
    """Bound activations to `CEILING`, in place."""
    return np.clip(values, -CEILING, CEILING, out=values)
