"""Jobs at the extremes: architectures with the least and the most of every field, as large as `createJob` takes them.

Files are made to be small where what is made of them is large: one byte a weight, two a feature.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

import numpy as np

from deml.base.bounds import check_memory
from deml.base.errors import DemlError
from deml.base.limits import MAX_FILE_BYTES, MAX_ROWS, MAX_WORKING_BYTES
from deml.scoring import Architecture, Metric, parse_architecture, slicing
from deml.scoring.architecture import TensorKind, TensorSpec
from deml.scoring.families.trees import Trees
from deml.scoring.memory import working_bytes
from deml.scoring.metrics import METRICS
from deml.scoring.safetensors import write_tensors
from deml.scoring.task import Task
from tests.support.families import FAMILIES, Fields

Arrays = dict[str, np.ndarray]


ENCODINGS = ("F32", "F16", "BF16", "I16", "I8", "delta F16", "delta I8", "sparse I8", "sparse F16")


@dataclass(frozen=True)
class Extreme:
    """A job's architecture, metric and files, and the sizes that its terms allow."""

    name: str
    architecture: Architecture
    text: str
    metric: Metric
    initial: bytes
    model: bytes
    holdout: bytes
    max_rows: int

    @property
    def max_model_bytes(self) -> int:
        return _with_car(max(len(self.initial), len(self.model)))

    @property
    def max_holdout_bytes(self) -> int:
        return _with_car(len(self.holdout))


def _with_car(size: int) -> int:
    """Bytes of the CAR of a file, a little more than there will be."""
    return size + size // 1_000 + 1_000


def extremes(family: str, numbers: Iterator[int] | range) -> Iterator[Extreme]:
    """Jobs of `family`, the same for a number wherever they are made."""
    for number in numbers:
        draw = Random(f"{family} {number}")
        encoding = ENCODINGS[number % len(ENCODINGS)]
        fields = {"family": family, **FAMILIES[family].extreme(draw)}
        smaller = _fitting(fields, draw, encoding)
        if smaller is not None:
            yield _job(f"{family} {number} {encoding}", *smaller, encoding)


def _fitting(fields: Fields, draw: Random, encoding: str) -> tuple[Fields, Architecture, Metric, int] | None:
    """Halve what is largest until a job of one row, then of as many as can be, is within the caps."""
    for _ in range(200):
        try:
            architecture = parse_architecture(json.dumps(fields))
            metric = draw.choice(_metrics(architecture))
            if _accepted(architecture, metric, 2, encoding):
                return fields, architecture, metric, _most_rows(architecture, metric, encoding)
        except DemlError:
            pass
        if not _halve(fields, draw):
            return None
    return None


def _metrics(architecture: Architecture) -> list[Metric]:
    binary = architecture.classes == 2
    return [one for one in METRICS.values() if one.task is architecture.task and (binary or not one.binary)]


def _accepted(architecture: Architecture, metric: Metric, rows: int, encoding: str) -> bool:
    per_parameter = {"F32": 4, "I16": 2, "I8": 1, "delta I8": 1}.get(encoding, 2)
    if encoding.startswith("sparse"):
        per_parameter += 1
    scales = sum(4 * spec.shape[0] for spec in architecture.tensor_specs().values())
    header = 300 * len(architecture.tensor_specs())
    model = _with_car(per_parameter * architecture.parameters + scales + header)
    feature = 1 if architecture.features is TensorKind.INTEGER else 2
    holdout = _with_car(rows * (feature * architecture.inputs + 2) + 300)
    if max(model, holdout) > MAX_FILE_BYTES:
        return False
    try:
        check_memory(working_bytes(architecture, rows, model, holdout), MAX_WORKING_BYTES)
        slicing(architecture, metric, rows, model, holdout)
    except DemlError:
        return False
    return True


def _most_rows(architecture: Architecture, metric: Metric, encoding: str) -> int:
    fits, too_many = 2, MAX_ROWS + 1
    while too_many - fits > 1:
        rows = (fits + too_many) // 2
        fits, too_many = (rows, too_many) if _accepted(architecture, metric, rows, encoding) else (fits, rows)
    return fits


def _halve(fields: Fields, draw: Random) -> bool:
    """Halve the largest number, or one of the larger ones."""
    places = list(_numbers(fields))
    if max(value for *_, value in places) <= 1:
        return False
    largest = sorted(places, key=lambda place: -place[2])[: draw.randint(1, 3)]
    owner, key, value = draw.choice(largest)
    owner[key] = max(1, value // 2) if not (key == "outputs" and value <= 3) else value
    return True


def _numbers(value: Any) -> Iterator[tuple[Any, Any, int]]:
    """Numbers above 1 in JSON, each with what holds it; of layers, only those that do not hang together."""
    items: Any = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(items):
        if type(inner) is int and inner > 0:
            yield value, key, inner
        elif key != "padding":
            yield from _numbers(inner)


def _job(name: str, fields: Fields, architecture: Architecture, metric: Metric, rows: int, encoding: str) -> Extreme:
    specs = architecture.tensor_specs()
    whole = _forest(architecture, uneven=rows % 2 == 0) if isinstance(architecture, Trees) else {}
    initial: Arrays = {}
    model: Arrays = {}
    for tensor, spec in specs.items():
        if tensor in whole:
            initial[tensor] = model[tensor] = whole[tensor]
        else:
            plain = "F16" if tensor.startswith("standardize") else encoding
            initial |= _encoded(tensor, spec, plain.split()[-1], 1)
            model |= _encoded(tensor, spec, plain, 2)
    x_type = np.int8 if architecture.features is TensorKind.INTEGER else np.float16
    x = np.resize(np.arange(-1 if x_type is np.int8 else 1, 1 if x_type is np.int8 else 8).astype(x_type), (rows, 1))
    labels = np.arange(rows) % 2
    y = labels.astype(np.float16 if architecture.task is Task.REGRESSION else np.uint8)
    holdout = write_tensors({"x": np.repeat(x, architecture.inputs, axis=1), "y": y})
    return Extreme(
        name, architecture, json.dumps(fields), metric, write_tensors(initial), write_tensors(model), holdout, rows
    )


def _encoded(name: str, spec: TensorSpec, encoding: str, value: int) -> Arrays:
    how, _, dtype = encoding.rpartition(" ")
    shape = spec.shape
    if how:
        name += ":delta"
    made: Arrays = {}
    if how == "sparse":
        size = int(np.prod(shape))
        made[name.replace(":delta", ":skip")] = np.zeros(size, np.uint8)
        shape = (size,)
    if dtype == "BF16":
        return made | {name: np.full(shape, 0x3F80 + value, np.uint16)}
    if dtype in ("F16", "F32"):
        return made | {name: np.full(shape, value / 4, {"F16": np.float16, "F32": np.float32}[dtype])}
    scale = np.full(shape[:1] if how != "sparse" else (), 0.125, np.float32)
    return made | {name: np.full(shape, value, {"I8": np.int8, "I16": np.int16}[dtype]), f"{name}:scale": scale}


def _forest(architecture: Trees, *, uneven: bool) -> Arrays:
    """Trees as full as nodes and depth allow, each or only the first, beside which the others have one split."""
    count, depth = architecture.nodes, architecture.depth
    inner = min((count - 1) // 2, 2**depth - 1)
    left = np.full(count, -1)
    left[:inner] = 2 * np.arange(inner) + 1
    feature = np.where(left >= 0, np.arange(count) % architecture.inputs, -1)
    right = np.where(left >= 0, left + 1, -1)
    small = np.int16 if architecture.inputs < 2**15 else np.int32
    rows = {"feature": feature.astype(small), "left": left.astype(np.int16), "right": right.astype(np.int16)}
    made = {f"trees.{name}": np.repeat(row[None], architecture.trees, axis=0) for name, row in rows.items()}
    if uneven:
        made["trees.feature"][1:, 1:] = -1
    return made
