"""The scoring engine again, slow and obvious: docs/scoring.md in integers and fractions, without numpy.

Every number is a `Fraction`; `nearest` alone knows about floating point. Tensors are nested lists.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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
SQRT_HALF = Fraction(0x16A09E667F3BCD, 2**53)
LEAKY_SLOPE = Fraction(0x147AE147AE147B, 2**59)
ERFC = """
 0x1.3ccda0b5d5d26p-1  -0x1.1f367683f2cebp-4   0x1.d5f29490c62b9p-10  0x1.510169cdd4f09p-5  -0x1.bda930aa399ecp-5
 0x1.7a1418bbfd2f5p-5  -0x1.e0d0f8cd6bc6ap-6   0x1.d0affd2c48cd4p-7  -0x1.3f6067378a2dep-8   0x1.cc3bd1fa3f559p-11
 0x1.340fab48b9b17p-13 -0x1.3052617fa54a2p-13  0x1.afc30ef700003p-16  0x1.7976cf14f2261p-17 -0x1.772640323123dp-18
-0x1.246b4315472f3p-21  0x1.9534520db9421p-21  0x1.b61b723941781p-28 -0x1.0fc16c00b50f2p-24
"""


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


def layer(weights: Matrix, biases: Vector, row: Vector) -> list[Fraction]:
    """Values of a layer's units, not yet clipped."""
    return [nearest(dot(row, weight) + bias) for weight, bias in zip(weights, biases, strict=True)]


def forward(tensors: Mapping[str, Any], row: Vector, activation: str = "relu") -> list[Fraction]:
    """Outputs for one row."""
    if "standardize.mean" in tensors:
        moments = zip(row, tensors["standardize.mean"], tensors["standardize.scale"], strict=True)
        row = [clip(nearest(nearest(x - mean) / scale)) for x, mean, scale in moments]
    layers = sum(name.endswith("weight") for name in tensors)
    for index in range(layers):
        values = layer(tensors[f"layers.{index}.weight"], tensors[f"layers.{index}.bias"], row)
        row = [ACTIVATIONS["none" if index == layers - 1 else activation](value) for value in values]
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
def erfc_coefficients() -> list[Fraction]:
    return [Fraction(float.fromhex(one)) for one in ERFC.split()]


@cache
def log_coefficients() -> list[Fraction]:
    return [nearest(Fraction(2, odd)) for odd in range(1, 24, 2)]


def reduced(t: Fraction) -> tuple[Fraction, Fraction]:
    """r and 2^n: exp(t) is exp(r) 2^n."""
    t = max(t, Fraction(-700))
    n = round(nearest(t * LOG2_E))
    return nearest(nearest(t - nearest(n * LN2_HIGH)) - nearest(n * LN2_LOW)), power(n)


def exp(t: Fraction) -> Fraction:
    r, two_to_n = reduced(t)
    return horner(exp_coefficients(), r) * two_to_n


def log(s: Fraction) -> Fraction:
    n = exponent_of(s)
    m = s / power(n)
    if m < SQRT_HALF:
        m, n = 2 * m, n - 1
    f = nearest(nearest(m - 1) / nearest(m + 1))
    series = nearest(f * horner(log_coefficients(), nearest(f * f)))
    return nearest(nearest(n * LN2_HIGH) + nearest(series + nearest(n * LN2_LOW)))


def sigmoid(z: Fraction) -> Fraction:
    e = exp(-abs(z))
    return nearest((e if z < 0 else 1) / nearest(1 + e))


def tanh(z: Fraction) -> Fraction:
    r, two_to_n = reduced(-2 * abs(z))
    scaled = nearest(horner(exp_coefficients()[1:], r) * r) * two_to_n
    below_one = nearest(scaled + nearest(two_to_n - 1))
    return nearest(-below_one / nearest(2 + below_one)) * (-1 if z < 0 else 1)


def gelu(z: Fraction) -> Fraction:
    a = min(nearest(abs(z) * SQRT_HALF), Fraction(53, 2))
    u = nearest(nearest(a - Fraction(15, 4)) / nearest(a + Fraction(15, 4)))
    half_erfc = nearest(nearest(horner(erfc_coefficients(), u) / nearest(2 * a + 1)) * exp(-nearest(a * a)))
    return nearest(max(z, Fraction(0)) - nearest(half_erfc * abs(z)))


def leaky_relu(z: Fraction) -> Fraction:
    return max(z, nearest(z * LEAKY_SLOPE))


ACTIVATIONS: dict[str, Callable[[Fraction], Fraction]] = {
    "none": clip,
    "relu": lambda z: max(clip(z), Fraction(0)),
    "leaky_relu": lambda z: leaky_relu(clip(z)),
    "tanh": lambda z: tanh(clip(z)),
    "sigmoid": lambda z: sigmoid(clip(z)),
    "gelu": lambda z: gelu(clip(z)),
}
