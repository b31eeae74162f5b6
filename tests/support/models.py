"""Real models and holdouts, small enough to score thousands of them, whose score a test chooses.

A holdout has the rows x = 0 .. 99, of which the upper half is labelled 1. A logistic model of one input is a threshold
on x, and its accuracy is how far that threshold is from the middle: any whole percentage.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property

from deml.base.inputs import Codec, Stream
from deml.ipld import Cid, file_car, file_cid, pack
from deml.scoring import Holdout, load_holdout, parse_architecture, parse_metric

ARCHITECTURE = json.dumps({"family": "logistic", "inputs": 1, "outputs": 1})
METRIC = "accuracy"
ROWS = 100
PERCENT = 10_000
"""One percent in parts per million: all scores here are multiples of it."""


@dataclass(frozen=True)
class Content:
    """A file, and how it is addressed and sent."""

    file: bytes

    @cached_property
    def cid(self) -> Cid:
        return file_cid(self.file)

    @cached_property
    def car(self) -> bytes:
        return file_car(self.file)

    def stream(self, codec: Codec = Codec.CAR) -> Stream:
        return Stream(codec, pack(codec, self.car))


@cache
def model(percent: int, variant: int = 0) -> Content:
    """Model with an accuracy of `percent` on every `holdout`; variants differ in bytes, not in predictions."""
    if not 0 <= percent <= 100:
        raise ValueError(f"no model is right in {percent} % of all cases")
    slope = 1.0 if percent >= 50 else -1.0
    threshold = 150 - percent if percent >= 50 else 50 + percent
    weight, bias = slope * (1 + variant), -slope * (threshold - 0.5) * (1 + variant)
    return Content(safetensors({"layers.0.weight": ("F32", (1, 1), [weight]), "layers.0.bias": ("F32", (1,), [bias])}))


@cache
def holdout(variant: int = 0) -> Content:
    """Holdout of 100 rows; variants hold them in another order."""
    rows = [(variant + row) % ROWS for row in range(ROWS)]
    labels = [int(x >= ROWS // 2) for x in rows]
    return Content(safetensors({"x": ("F32", (ROWS, 1), rows), "y": ("I64", (ROWS,), labels)}))


def prepared() -> Holdout:
    """The holdout as the engine reads it."""
    architecture = parse_architecture(ARCHITECTURE)
    return load_holdout(architecture, parse_metric(METRIC, architecture), holdout().file, ROWS)


def safetensors(tensors: Mapping[str, tuple[str, tuple[int, ...], Sequence[float]]]) -> bytes:
    """File with these tensors: type, shape and values by name."""
    header, body = {}, b""
    for name, (dtype, shape, values) in tensors.items():
        start = len(body)
        body += struct.pack(f"<{len(values)}{'f' if dtype == 'F32' else 'q'}", *values)
        header[name] = {"dtype": dtype, "shape": list(shape), "data_offsets": [start, len(body)]}
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return struct.pack("<Q", len(text)) + text + body
