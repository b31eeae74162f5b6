"""Random tensors in every encoding of a model file: their bytes, and what they mean, exactly.

Made of integers alone, bit patterns and fractions, so that nothing of what is tested takes part.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from random import Random
from typing import Any

Values = list[Fraction]


@dataclass(frozen=True)
class Format:
    """A binary floating-point format: sign, `exponent_bits`, `fraction_bits`."""

    name: str
    size: int
    exponent_bits: int
    fraction_bits: int

    @property
    def bias(self) -> int:
        return 2 ** (self.exponent_bits - 1) - 1

    def value(self, bits: int) -> Fraction:
        exponent = bits >> self.fraction_bits & (2**self.exponent_bits - 1)
        fraction = bits & (2**self.fraction_bits - 1)
        if exponent:
            fraction += 2**self.fraction_bits
        places = max(exponent, 1) - self.bias - self.fraction_bits
        magnitude = Fraction(fraction << places) if places >= 0 else Fraction(fraction, 1 << -places)
        return -magnitude if bits >> (8 * self.size - 1) else magnitude

    def bits(self, random: Random, low: int, high: int) -> int:
        """A pattern whose biased exponent is in `low` .. `high`; one in ten is a zero, of either sign."""
        sign = random.getrandbits(1) << (8 * self.size - 1)
        if random.randrange(10) == 0:
            return sign
        exponent = random.randint(max(low, 0), min(high, 2**self.exponent_bits - 2))
        return sign | exponent << self.fraction_bits | random.getrandbits(self.fraction_bits)


F32 = Format("F32", 4, 8, 23)
F16 = Format("F16", 2, 5, 10)
BF16 = Format("BF16", 2, 8, 7)
FORMATS = (F32, F16, BF16)


@dataclass(frozen=True)
class Entry:
    """One tensor of a safetensors file."""

    dtype: str
    shape: tuple[int, ...]
    data: bytes


File = dict[str, Entry]


def write(file: Mapping[str, Entry]) -> bytes:
    """The safetensors file with these tensors."""
    header: dict[str, Any] = {}
    at = 0
    for name, entry in file.items():
        header[name] = {"dtype": entry.dtype, "shape": entry.shape, "data_offsets": [at, at + len(entry.data)]}
        at += len(entry.data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + b"".join(entry.data for entry in file.values())


def integers(dtype: str, shape: tuple[int, ...], values: Sequence[int]) -> Entry:
    """Integers as they are."""
    size = {"U8": 1, "I8": 1, "I16": 2, "I32": 4, "I64": 8}[dtype]
    data = b"".join(value.to_bytes(size, "little", signed=dtype != "U8") for value in values)
    return Entry(dtype, shape, data)


def floats(
    random: Random, shape: tuple[int, ...], form: Format, *, positive: bool = False, wild: bool = False
) -> tuple[Entry, Values]:
    """Numbers such as training makes, around one magnitude, or `wild` ones: subnormal, huge, of all magnitudes."""
    centre = form.bias + random.randint(-8, 4)
    low, high = (0, 2**form.exponent_bits - 2) if wild else (centre - 4, centre)
    patterns = [form.bits(random, low, high) for _ in range(prod(shape))]
    if positive:
        sign = 1 << (8 * form.size - 1)
        patterns = [bits & ~sign or form.bias << form.fraction_bits for bits in patterns]
    data = b"".join(bits.to_bytes(form.size, "little") for bits in patterns)
    return Entry(form.name, shape, data), [form.value(bits) for bits in patterns]


def _plain(random: Random, name: str, shape: tuple[int, ...], *, wild: bool) -> tuple[File, Values]:
    entry, values = floats(random, shape, random.choice(FORMATS), wild=wild)
    return {name: entry}, values


def _scaled(random: Random, name: str, shape: tuple[int, ...], dtype: str, *, wild: bool) -> tuple[File, Values]:
    """Integers, and one scale for all or one for each first index."""
    bits = int(dtype[1:])
    numbers = [random.randrange(-(2 ** (bits - 1)), 2 ** (bits - 1)) for _ in range(prod(shape))]
    channels = shape[:1] if len(shape) > 1 and random.getrandbits(1) else ()
    low, high = (1, 255 - bits) if wild else (F32.bias - bits - 2, F32.bias - bits + 2)
    patterns = [random.randint(low, high) << 23 | random.getrandbits(23) for _ in range(prod(channels))]
    scales = [F32.value(one) for one in patterns]
    run = len(numbers) // len(scales)
    scale = Entry("F32", channels, b"".join(one.to_bytes(4, "little") for one in patterns))
    values = [number * scales[place // run] for place, number in enumerate(numbers)]
    return {name: integers(dtype, shape, numbers), f"{name}:scale": scale}, values


def _any(random: Random, name: str, shape: tuple[int, ...], *, wild: bool) -> tuple[File, Values]:
    kind = random.randrange(4)
    if kind < 2:
        return _plain(random, name, shape, wild=wild)
    return _scaled(random, name, shape, ("I8", "I16")[kind - 2], wild=wild)


def nearest(value: Fraction) -> Fraction:
    """The binary64 number nearest to `value`, ties to even: Python divides integers so."""
    return Fraction(value.numerator / value.denominator)


Encoding = Callable[[Random, str, tuple[int, ...], Values, bool], tuple[File, Values]]
"""Makes a tensor's entries and its values; given are the initial model's values, and whether to be wild."""


def plain(random: Random, name: str, shape: tuple[int, ...], _initial: Values, wild: bool) -> tuple[File, Values]:
    return _plain(random, name, shape, wild=wild)


def int8(random: Random, name: str, shape: tuple[int, ...], _initial: Values, wild: bool) -> tuple[File, Values]:
    return _scaled(random, name, shape, "I8", wild=wild)


def int16(random: Random, name: str, shape: tuple[int, ...], _initial: Values, wild: bool) -> tuple[File, Values]:
    return _scaled(random, name, shape, "I16", wild=wild)


def delta(random: Random, name: str, shape: tuple[int, ...], initial: Values, wild: bool) -> tuple[File, Values]:
    file, values = _any(random, f"{name}:delta", shape, wild=wild)
    return file, [nearest(one + change) for one, change in zip(initial, values, strict=True)]


def sparse(random: Random, name: str, shape: tuple[int, ...], initial: Values, wild: bool) -> tuple[File, Values]:
    changed = sorted(random.sample(range(prod(shape)), random.randint(1, min(prod(shape), 9))))
    skips = [place - before - 1 for before, place in zip([-1, *changed], changed, strict=False)]
    if max(skips) > 255:
        return delta(random, name, shape, initial, wild)
    file, values = _any(random, f"{name}:delta", (len(changed),), wild=wild)
    made = list(initial)
    for place, change in zip(changed, values, strict=True):
        made[place] = nearest(made[place] + change)
    return {f"{name}:skip": integers("U8", (len(skips),), skips), **file}, made


ENCODINGS: dict[str, Encoding] = {one.__name__: one for one in (plain, int8, int16, delta, sparse)}


def nested(values: Sequence[Any], shape: tuple[int, ...]) -> Any:
    """The values as nested lists of this shape."""
    if not shape:
        return values[0]
    run = len(values) // shape[0] if shape[0] else 0
    return [nested(values[index * run : (index + 1) * run], shape[1:]) for index in range(shape[0])]
