"""What a model is: its layers, tensors, bytes by encoding, and cost in the machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod

from deml.scoring import Architecture, Model, parse_metric, reading_mcycles, scoring_mcycles
from deml.scoring.families.cnn import Cnn
from deml.scoring.families.dense import Dense
from deml.scoring.families.layers import Conv2d, Flatten, FullyConnected, Layer, Pool
from deml.scoring.families.trees import Trees
from deml.scoring.safetensors import DTYPES, read_tensors
from deml.scoring.task import Task
from deml_learn.models.encode import PLAIN, Encoding, encode, packed_size

CHANGES = (
    Encoding("F16", delta=True),
    Encoding("I8", 127, delta=True),
    Encoding("I8", 15, delta=True),
    Encoding("I8", 3, delta=True, sparse=True),
)
"""Encodings shown where there is an initial model to change."""

DEFAULT_METRICS = {Task.CLASSIFICATION: "brier", Task.REGRESSION: "r2"}


@dataclass(frozen=True, slots=True)
class Stored:
    """A tensor in the file."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    numbers: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Size:
    """What a model takes in an encoding: in its file, and in an upload, packed."""

    encoding: str
    bytes: int
    upload: int


@dataclass(frozen=True, slots=True)
class Cost:
    """Millions of machine cycles, for `rows` rows: `reading` model and holdout, and `scoring`."""

    rows: int
    metric: str
    reading: int
    scoring: int


def stored(data: bytes) -> list[Stored]:
    """Tensors of a file, in its order.

    Raises
    ------
    MalformedSafetensors and its kin
    """
    names = {dtype: name for name, dtype in DTYPES.items()}
    return [Stored(name, names[one.dtype], one.shape, one.size, one.nbytes) for name, one in read_tensors(data).items()]


def layers(architecture: Architecture) -> list[str]:
    """One line for every layer."""
    match architecture:
        case Dense():
            return list(_dense(architecture))
        case Cnn():
            return [_layer(one) for one in architecture.layers]
        case Trees():
            return [
                f"{architecture.trees} trees of at most {architecture.nodes} nodes, {architecture.depth} splits deep"
            ]
        case _:
            return [f"{name} {list(spec.shape)}" for name, spec in architecture.tensor_specs().items()]


def sizes(model: Model, initial: Model | None) -> list[Size]:
    """Bytes by encoding; those that store changes only where there is an initial model."""
    given = None if initial is None else initial.tensors
    wanted = (*PLAIN, *CHANGES) if initial is not None else PLAIN
    files = [(str(one), encode(model.architecture, model.tensors, one, given)) for one in wanted]
    return [Size(name, len(file), packed_size(file)) for name, file in files]


def cost(architecture: Architecture, metric_name: str | None, rows: int, model_bytes: int) -> Cost:
    """Cost of scoring once, the holdout in float32.

    Raises
    ------
    UnknownMetric, MetricMismatch, NeedsTwoClasses
    """
    metric = parse_metric(metric_name or DEFAULT_METRICS[architecture.task], architecture)
    holdout_bytes = rows * (4 * architecture.inputs + 8)
    reading = reading_mcycles(architecture, metric, rows, model_bytes, holdout_bytes)
    return Cost(rows, metric.name, reading, scoring_mcycles(architecture, metric, rows))


def _dense(architecture: Dense) -> Iterator[str]:
    if architecture.standardize:
        yield f"standardize {architecture.inputs} features"
    *hidden, outputs = architecture.widths[1:]
    before = architecture.inputs
    for width in hidden:
        yield f"dense {before} -> {width}, {architecture.activation}"
        before = width
    yield f"dense {before} -> {outputs}"


def _layer(layer: Layer) -> str:
    after = " x ".join(map(str, layer.after))
    match layer:
        case Conv2d():
            groups = f", {layer.groups} groups" if layer.groups > 1 else ""
            window = f"{_pair(layer.kernel)}, stride {_pair(layer.stride)}, padding {_pair(layer.padding)}"
            return f"conv2d {window}{groups}, {layer.activation} -> {after}"
        case Pool():
            return (
                f"{'avg' if layer.mean else 'max'}_pool {_pair(layer.kernel)}, stride {_pair(layer.stride)} -> {after}"
            )
        case Flatten():
            return f"flatten -> {after}"
        case FullyConnected():
            return f"dense {prod(layer.before)} -> {after}, {layer.activation}"
        case _:
            return after


def _pair(sides: Sequence[int]) -> str:
    return "x".join(map(str, sides))
