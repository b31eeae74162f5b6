"""Encodings of a model file again, in fractions: docs/scoring.md, "Encodings", without numpy."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import prod

from tests.support.random_tensors import FORMATS, Entry, Values
from tests.support.reference_scoring import nearest

FLOATS = {one.name: one for one in FORMATS}
INTEGERS = {"I8": 1, "I16": 2}


def decode(file: Mapping[str, Entry], name: str, initial: Values) -> Values:
    """The numbers of a sound file's tensor, in C order."""
    if name in file:
        return numbers(file, name)
    changes = numbers(file, f"{name}:delta")
    if f"{name}:skip" in file:
        changes = spread(list(file[f"{name}:skip"].data), changes, len(initial))
    return [nearest(value + change) for value, change in zip(initial, changes, strict=True)]


def spread(skips: list[int], changes: Values, size: int) -> Values:
    """All changes: zero where there is none."""
    made = [Fraction(0)] * size
    place = -1
    for skip, change in zip(skips, changes, strict=True):
        place += skip + 1
        made[place] = change
    return made


def numbers(file: Mapping[str, Entry], name: str) -> Values:
    """What a tensor's bytes mean, scaled where they are integers."""
    entry = file[name]
    if entry.dtype in FLOATS:
        form = FLOATS[entry.dtype]
        return [form.value(int.from_bytes(one, "little")) for one in pieces(entry.data, form.size)]
    scale = numbers(file, f"{name}:scale")
    run = prod(entry.shape) // len(scale)
    integers = [int.from_bytes(one, "little", signed=True) for one in pieces(entry.data, INTEGERS[entry.dtype])]
    return [integer * scale[place // run] for place, integer in enumerate(integers)]


def pieces(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]
