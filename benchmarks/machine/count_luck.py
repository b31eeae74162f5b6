"""What it costs to tell luck from gain, and to count the rows of a holdout of which no two are the same."""

from __future__ import annotations

import json

import numpy as np
from counting import report

from deml.base.limits import PPM
from deml.scoring import (
    conclude,
    evidence,
    gain_over,
    load_holdout,
    load_model,
    parse_architecture,
    parse_metric,
    parse_pairing,
    qualities,
)
from deml.scoring.architecture import Architecture
from deml.scoring.holdout import distinct_rows
from deml.scoring.metrics import METRICS
from deml.scoring.safetensors import write_tensors
from deml.scoring.task import Task

ROWS = 20_000
random = np.random.default_rng(0)


def drawn(architecture: Architecture) -> bytes:
    """File of a random model."""
    specs = architecture.tensor_specs()
    return write_tensors({name: random.normal(size=spec.shape).astype(np.float32) for name, spec in specs.items()})


def pairing(name: str, classes: int) -> None:
    """Count, for a metric, all that follows on the evidence of all rows."""
    metric = METRICS[name]
    fields = {"family": "logistic", "inputs": 2, "outputs": 1 if classes == 2 else classes}
    if metric.task is Task.REGRESSION:
        fields = {"family": "linear", "inputs": 2}
    architecture = parse_architecture(json.dumps(fields))
    compared = parse_pairing(parse_metric(name, architecture), architecture, PPM if metric.largest_cut else 0)
    targets = random.normal(size=ROWS).astype(np.float32)
    if metric.task is Task.CLASSIFICATION:
        targets = random.integers(0, classes, ROWS).astype(np.uint8)
    file = write_tensors({"x": random.normal(size=(ROWS, 2)).astype(np.float32), "y": targets})
    holdout = load_holdout(architecture, metric, file, ROWS)
    first, second = (evidence(load_model(architecture, drawn(architecture)), holdout, slice(None)) for _ in range(2))
    worth = qualities(holdout, compared, first)
    where = f"{name}, {classes} classes, {ROWS:,} rows"
    report(f"concluding, {where}", lambda: conclude(holdout, second))
    report(f"pairing, {where}", lambda: gain_over(holdout, compared, second, worth))


def distinct(inputs: int, dtype: str, rows: int) -> None:
    """Count looking for equal rows, where there are none."""
    x = random.integers(-100, 100, (rows, inputs)).astype(dtype)
    file = write_tensors({"x": x, "y": random.integers(0, 2, rows).astype(np.uint8)})
    report(f"looking for equal rows, {rows:,} of {inputs} {dtype}", lambda: distinct_rows(file))


for name, metric in METRICS.items():
    if metric.pairing is not None:
        pairing(name, 2)
pairing("balanced_accuracy", 10)
for inputs, dtype, rows in (
    (1, "float32", 20_000),
    (30, "float32", 20_000),
    (784, "float32", 2_000),
    (784, "int8", 2_000),
):
    distinct(inputs, dtype, rows)
distinct(1_000, "float32", 20_000)
