"""Random (model, data) pairs over all families, encodings and metrics, the same for a seed wherever they are made.

A family joins by its module in `tests/support/families/`: its reals are then drawn here by the shapes that
`tensor_specs` names, in every encoding, and its whole numbers taken from `random_models`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

from deml.scoring import Architecture, parse_architecture
from deml.scoring.architecture import TensorKind, TensorSpec
from deml.scoring.metrics import METRICS
from deml.scoring.task import Task
from tests.support import random_tensors
from tests.support.families import FAMILIES, Fields
from tests.support.random_models import random_architecture, random_holdout, random_model
from tests.support.random_tensors import ENCODINGS, F16, F32, FORMATS, Entry, File, Values, floats, nested

SEED = 20_260
NUMBER = 2_000

POSITIVE = ("standardize.scale",)
"""Tensors whose numbers must be above zero; never changed by a delta."""

LARGE = ("linear", "logistic", "mlp")
LARGE_ONE_IN = 20
SIZES = (31, 64, 65)
"""Families of which one pair in so many has `large` matrices, and their sizes."""


@dataclass(frozen=True)
class Pair:
    """Files, and what they mean: `tensors`, `rows` and `targets` in nested lists of fractions and whole numbers."""

    name: str
    fields: Fields
    metric: str
    model: bytes
    holdout: bytes
    initial: bytes | None
    tensors: Mapping[str, Any] = field(repr=False)
    rows: list[list[Any]] = field(repr=False)
    targets: list[Any] = field(repr=False)

    def as_case(self) -> dict[str, str]:
        """As the cases of ``scoring.json`` are written."""
        files = {"model": self.model, "holdout": self.holdout} | ({"initial": self.initial} if self.initial else {})
        texts = {"name": self.name, "architecture": json.dumps(self.fields), "metric": self.metric}
        return texts | {name: "0x" + file.hex() for name, file in files.items()}


def large(family: str, random: Random) -> Fields:
    """Architecture with matrices that fill BLAS kernels, and more."""
    fields: Fields = {"family": family, "inputs": random.choice(SIZES), "standardize": bool(random.getrandbits(1))}
    if family == "logistic":
        fields["outputs"] = random.randint(1, 12)
    if family == "mlp":
        fields |= {"task": "classification", "hidden": [random.choice(SIZES)], "outputs": random.randint(1, 12)}
    return fields


def pairs(numbers: Iterable[int] = range(NUMBER), seed: int = SEED) -> Iterator[Pair]:
    """Make the pairs of these numbers: families and encodings take turns, all else is drawn."""
    families = list(FAMILIES)
    for index in numbers:
        random = Random(f"{seed}/{index}")
        yield _pair(random, index, families[index % len(families)])


def _pair(random: Random, index: int, family: str) -> Pair:
    is_large = family in LARGE and random.randrange(LARGE_ONE_IN) == 0
    fields = large(family, random) if is_large else random_architecture(family, random)
    architecture = parse_architecture(json.dumps(fields))
    metric = random.choice(_metrics(architecture))
    encoding = list(ENCODINGS)[index // len(FAMILIES) % len(ENCODINGS)]
    wild = random.randrange(4) == 0
    initial, initial_values = _model(random, architecture, "plain", {}, wild=False)
    model, values = _model(random, architecture, encoding, initial_values, wild=wild)
    specs = architecture.tensor_specs()
    tensors = {name: nested(values[name], specs[name].shape) for name in specs}
    holdout, rows, targets = _holdout(random, architecture, metric, large=is_large)
    name = f"{index} {family} {metric} {encoding}{' wild' if wild else ''}{' large' if is_large else ''}"
    needed = initial if encoding in ("delta", "sparse") else None
    return Pair(name, fields, metric, model, holdout, needed, tensors, rows, targets)


@dataclass(frozen=True)
class Group:
    """Models of one job, each in an encoding of its own, in commit order; `values` are what their files mean."""

    name: str
    fields: Fields
    metric: str
    initial: bytes
    models: list[bytes]
    values: list[dict[str, Any]] = field(repr=False)
    holdout: bytes = field(repr=False)
    rows: list[list[Any]] = field(repr=False)
    targets: list[Any] = field(repr=False)

    @property
    def specs(self) -> Mapping[str, TensorSpec]:
        """Shapes of the tensors."""
        return parse_architecture(json.dumps(self.fields)).tensor_specs()

    def as_case(self) -> dict[str, Any]:
        """As the cases of ``averages.json`` are written, but for what comes of it."""
        texts = {"name": self.name, "architecture": json.dumps(self.fields), "metric": self.metric}
        files = {"initial": "0x" + self.initial.hex(), "holdout": "0x" + self.holdout.hex()}
        return {**texts, **files, "models": ["0x" + one.hex() for one in self.models]}


def groups(numbers: Iterable[int], seed: int = SEED) -> Iterator[Group]:
    """Make the groups of these numbers: families that can be averaged take turns, all else is drawn."""
    families = [one for one in FAMILIES if one != "trees"]
    for index in numbers:
        random = Random(f"{seed}/group/{index}")
        yield _group(random, index, families[index % len(families)])


def _group(random: Random, index: int, family: str) -> Group:
    fields = random_architecture(family, random)
    architecture = parse_architecture(json.dumps(fields))
    metric = random.choice(_metrics(architecture))
    wild = random.randrange(4) == 0
    initial, initial_values = _model(random, architecture, "plain", {}, wild=False)
    encodings = [random.choice(list(ENCODINGS)) for _ in range(random.randint(1, 5))]
    made = [_model(random, architecture, one, initial_values, wild=wild) for one in encodings]
    holdout, rows, targets = _holdout(random, architecture, metric, large=False)
    name = f"{index} {family} {metric} {' '.join(encodings)}{' wild' if wild else ''}"
    models, values = [file for file, _ in made], [one for _, one in made]
    return Group(name, fields, metric, initial, models, values, holdout, rows, targets)


def _metrics(architecture: Architecture) -> list[str]:
    binary = architecture.classes == 2
    return [one.name for one in METRICS.values() if one.task is architecture.task and (binary or not one.binary)]


def _model(
    random: Random,
    architecture: Architecture,
    encoding: str,
    initial: Mapping[str, Values],
    *,
    wild: bool,
) -> tuple[bytes, dict[str, Any]]:
    file: File = {}
    values: dict[str, Any] = {}
    kinds = [spec.kind for spec in architecture.tensor_specs().values()]
    whole = random_model(architecture, random) if TensorKind.INTEGER in kinds else {}
    for name, spec in architecture.tensor_specs().items():
        if spec.kind is TensorKind.INTEGER:
            dtype = random.choice(("I16", "I32"))
            values[name] = whole[name].ravel().tolist()
            file[name] = random_tensors.integers(dtype, spec.shape, values[name])
        elif name in POSITIVE:
            file[name], values[name] = floats(random, spec.shape, random.choice(FORMATS), positive=True)
        else:
            entries, values[name] = ENCODINGS[encoding](random, name, spec.shape, initial.get(name, []), wild)
            file |= entries
    return random_tensors.write(file), values


def _holdout(
    random: Random, architecture: Architecture, metric: str, *, large: bool
) -> tuple[bytes, list[list[Any]], list[Any]]:
    count = random.randint(20, 40) if large else random.randint(2, 8)
    shape = (count, architecture.inputs)
    values: list[Any]
    if architecture.features is TensorKind.REAL:
        x, values = floats(random, shape, random.choice((F32, F16)), wild=random.randrange(6) == 0)
    else:
        values = random_holdout(architecture, random, count)["x"].ravel().tolist()
        x = random_tensors.integers(random.choice(("I16", "I32")), shape, values)
    y, targets = _targets(random, architecture, metric, count)
    return random_tensors.write({"x": x, "y": y}), nested(values, shape), targets


def _targets(random: Random, architecture: Architecture, metric: str, count: int) -> tuple[Entry, list[Any]]:
    if architecture.task is Task.REGRESSION:
        return floats(random, (count,), random.choice((F32, F16)))
    labels = [random.randrange(architecture.classes) for _ in range(count)]
    if metric == "roc_auc":
        labels[:2] = [0, 1]
    return random_tensors.integers(random.choice(("I64", "I32", "U8")), (count,), labels), labels
