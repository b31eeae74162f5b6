"""The scoring engine again, slow and obvious: docs/scoring.md in integers and fractions, without numpy.

Every number is a `Fraction`; `nearest` alone knows about floating point. Tensors are nested lists.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cache
from math import factorial
from typing import Any

Vector = Sequence[Fraction]
Matrix = Sequence[Vector]

CEILING = Fraction(2) ** 100
LN2_HIGH = Fraction(0x162E42FEE, 2**33)
LN2_LOW = Fraction(0x1A39EF35793C76, 2**85)
LOG2_E = Fraction(0x171547652B82FE, 2**52)


def nearest(value: Fraction) -> Fraction:
    """The binary64 number nearest to `value`, ties to even: Python divides integers so."""
    return Fraction(value.numerator / value.denominator)


def power(exponent: int) -> Fraction:
    return Fraction(2) ** exponent


def exponent_of(value: Fraction) -> int:
    """The e with 2^(e-1) <= value < 2^e; 0 for 0."""
    if value == 0:
        return 0
    e = value.numerator.bit_length() - value.denominator.bit_length()
    while value >= power(e):
        e += 1
    while value < power(e - 1):
        e -= 1
    return e


def clip(value: Fraction) -> Fraction:
    return max(-CEILING, min(CEILING, value))


def integers(vector: Vector, bits: int) -> tuple[list[int], Fraction]:
    """The vector as integers, and the unit they count."""
    exponent = max(-200, exponent_of(max(abs(value) for value in vector)))
    unit = power(exponent - bits)
    return [round(value / unit) for value in vector], unit


def dot(x: Vector, w: Vector) -> Fraction:
    log2_k = next(n for n in range(17) if 2**n >= len(x))
    bits = (53 - log2_k) // 2
    (xs, x_unit), (ws, w_unit) = integers(x, bits), integers(w, bits)
    return sum(a * b for a, b in zip(xs, ws, strict=True)) * x_unit * w_unit


def forward(tensors: Mapping[str, Any], row: Vector) -> list[Fraction]:
    """Outputs for one row."""
    if "standardize.mean" in tensors:
        moments = zip(row, tensors["standardize.mean"], tensors["standardize.scale"], strict=True)
        row = [clip(nearest(nearest(x - mean) / scale)) for x, mean, scale in moments]
    layers = sum(name.endswith("weight") for name in tensors)
    for index in range(layers):
        weights, biases = tensors[f"layers.{index}.weight"], tensors[f"layers.{index}.bias"]
        row = [clip(nearest(dot(row, weight) + bias)) for weight, bias in zip(weights, biases, strict=True)]
        if index < layers - 1:
            row = [max(Fraction(0), value) for value in row]
    return list(row)


def horner(coefficients: Sequence[Fraction], x: Fraction) -> Fraction:
    total = coefficients[-1]
    for coefficient in reversed(coefficients[:-1]):
        total = nearest(nearest(total * x) + coefficient)
    return total


@cache
def exp_coefficients() -> list[Fraction]:
    return [nearest(Fraction(1, factorial(n))) for n in range(14)]


@cache
def log_coefficients() -> list[Fraction]:
    return [nearest(Fraction(2, odd)) for odd in range(1, 24, 2)]


def exp(t: Fraction) -> Fraction:
    t = max(t, Fraction(-700))
    n = round(nearest(t * LOG2_E))
    r = nearest(nearest(t - nearest(n * LN2_HIGH)) - nearest(n * LN2_LOW))
    return horner(exp_coefficients(), r) * power(n)


def log(s: Fraction) -> Fraction:
    n = exponent_of(s)
    m = s / power(n)
    if m < Fraction(0x16A09E667F3BCD, 2**53):
        m, n = 2 * m, n - 1
    f = nearest(nearest(m - 1) / nearest(m + 1))
    series = nearest(f * horner(log_coefficients(), nearest(f * f)))
    return nearest(nearest(n * LN2_HIGH) + nearest(series + nearest(n * LN2_LOW)))
