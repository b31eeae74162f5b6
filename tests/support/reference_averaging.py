"""The mean of models again, in fractions: docs/scoring.md, "The average", without numpy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from tests.support.random_tensors import F32, Entry, File, Values, nearest

LARGEST = Fraction(2**24 - 1) * 2**104
LEAST_UNIT = Fraction(1, 2**149)


def mean(models: Sequence[Mapping[str, Values]], shapes: Mapping[str, tuple[int, ...]]) -> File:
    """The tensors of the mean's file, as they are written."""
    return {name: _tensor([one[name] for one in models], shape) for name, shape in shapes.items()}


def _tensor(models: Sequence[Values], shape: tuple[int, ...]) -> Entry:
    numbers = [_mean(values) for values in zip(*models, strict=True)]
    return Entry("F32", shape, b"".join(_bits(one).to_bytes(4, "little") for one in numbers))


def _mean(values: Sequence[Fraction]) -> Fraction:
    total = Fraction(0)
    for value in values:
        total = nearest(total + value)
    return nearest(total / len(values))


def _bits(value: Fraction) -> int:
    """Pattern of the float32 nearest to `value`, ties to even, bounded; of zero the positive one."""
    value = max(-LARGEST, min(LARGEST, value))
    unit = LEAST_UNIT
    while abs(value) >= unit * 2**24:
        unit *= 2
    steps = round(abs(value) / unit)
    if steps == 2**24:
        unit, steps = unit * 2, 2**23
    if not steps:
        return 0
    exponent = (unit / LEAST_UNIT).numerator.bit_length() - 1
    pattern = (exponent + 1 << 23) + steps - 2**23 if steps >= 2**23 else steps
    found = pattern | (1 << 31 if value < 0 else 0)
    if F32.value(found) != (steps * unit if value > 0 else -steps * unit):
        raise ValueError(f"{value} was not written as what it is nearest to")
    return found
