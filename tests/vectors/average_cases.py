"""Cases of ``averages.json``: models of one job in many encodings, and numbers at the edges of what floats hold."""

from __future__ import annotations

import struct
from typing import Any, Final

import numpy as np
from safetensors.numpy import save

from tests.support.random_pairs import Group, groups
from tests.support.random_tensors import Entry, integers, write
from tests.support.reference_encodings import decode
from tests.vectors.scoring_cases import exact

LINE: Final = {"family": "linear", "inputs": 1}
LARGEST, LEAST = float(np.finfo(np.float32).max), 2.0**-149
HOLDOUT = {"x": np.float32([[0], [1], [2]]), "y": np.float32([0, 1, 3])}
INITIAL = {"layers.0.weight": np.float32([[LARGEST]]), "layers.0.bias": np.float32([1])}
DELTA = "layers.0.weight:delta"


def floats(value: float, shape: tuple[int, ...]) -> Entry:
    return Entry("F32", shape, struct.pack("<f", value))


def line(weight: float, bias: float = 0.0) -> dict[str, Entry]:
    return {"layers.0.weight": floats(weight, (1, 1)), "layers.0.bias": floats(bias, (1,))}


def above_float32() -> dict[str, Entry]:
    """A weight of eleven times a scale: just below 2^128, and above the largest float32."""
    scale = floats(float(np.nextafter(np.float32(2.0**128 / 11), np.float32(0))), ())
    weight = integers("I16", (1, 1), [11])
    return {"layers.0.weight": weight, "layers.0.weight:scale": scale, "layers.0.bias": floats(0, (1,))}


EDGES: Final[dict[str, list[dict[str, Entry]]]] = {
    "one model": [line(0.1, -3)],
    "a third": [line(1), line(0), line(0)],
    "thirds of a tenth": [line(0.1), line(0.2), line(0.3)],
    "opposites": [line(5, 1), line(-5, -1)],
    "minus zero": [line(-0.0, -0.0), line(-0.0, -0.0)],
    "the least above zero, halved: to even": [line(LEAST, 3 * LEAST), line(0, 0)],
    "the least below zero, halved, is no minus zero": [line(-LEAST), line(0)],
    "subnormal": [line(1e-40, 2e-40), line(3e-41, -1e-39)],
    "the largest": [line(LARGEST, -LARGEST)] * 3,
    "above the largest": [above_float32()] * 2,
    "above the largest, in a change": [{DELTA: floats(2.0**102, (1, 1)), "layers.0.bias": floats(0, (1,))}] * 2,
    "far apart: the order counts": [line(2.0**60), line(1), line(-(2.0**60))],
    "far apart, in another order": [line(2.0**60), line(-(2.0**60)), line(1)],
    "a tie between two float32": [line(1 + 2.0**-23), line(1)],
    "a hundred and twenty-eight": [line(number / 7) for number in range(128)],
}


def _values(file: dict[str, Entry]) -> dict[str, Any]:
    before = {name: Entry("F32", one.shape, one.tobytes()) for name, one in INITIAL.items()}
    return {name: decode(file, name, decode(before, name, [])) for name in INITIAL}


def _edge(name: str, files: list[dict[str, Entry]]) -> Group:
    rows, targets = exact(HOLDOUT["x"]), exact(HOLDOUT["y"])
    models, values = [write(one) for one in files], [_values(one) for one in files]
    return Group(name, LINE, "mae", save(INITIAL), models, values, save(HOLDOUT), rows, targets)


CASES: Final = [*(_edge(name, files) for name, files in EDGES.items()), *groups(range(30))]
