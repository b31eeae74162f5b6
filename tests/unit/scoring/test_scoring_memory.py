"""What a job within the work cap can make the machine allocate, measured where arrays grow most."""

from __future__ import annotations

import tracemalloc
from random import Random

import numpy as np
import pytest

from deml.base.bounds import TooManySlices, TooMuchWork
from deml.base.limits import MAX_ROWS
from deml.scoring import (
    Architecture,
    Metric,
    Scoring,
    Slicing,
    distinct_rows,
    load_holdout,
    load_model,
    parse_metric,
    slicing,
)
from deml.scoring.memory import DISTINCT_BYTES, OBJECTS
from deml.scoring.safetensors import write_tensors
from tests.support.random_models import random_model
from tests.unit.scoring.scoring_files import LINEAR, LOGISTIC, MLP, architecture_of, random_tensors

BOUND = 200 * 2**20
"""Stated in docs/scoring.md and cartesi.toml."""

KEPT = 4
"""Most bytes that stay for a byte of the holdout's file: what the dapp reserves."""

ROW_OVERHEAD = 2
"""At most two bytes for a row's label or target."""

CNN = {
    "family": "cnn",
    "task": "classification",
    "shape": [3, 64, 64],
    "layers": [
        {"kind": "conv2d", "channels": 16, "kernel": [5, 5], "padding": [2, 2], "activation": "relu"},
        {"kind": "max_pool", "kernel": [2, 2]},
        {"kind": "flatten"},
        {"kind": "dense", "units": 10},
    ],
}
FOREST = {
    "family": "trees",
    "task": "classification",
    "inputs": 8,
    "outputs": 10,
    "trees": 50,
    "nodes": 511,
    "depth": 8,
    "output": "probabilities",
}


def cut_of(architecture: Architecture, metric: Metric, rows: int, model_bytes: int) -> Slicing:
    return slicing(architecture, metric, rows, model_bytes, rows * (2 * architecture.inputs + ROW_OVERHEAD))


def most_rows(architecture: Architecture, metric: Metric, model_bytes: int) -> int:
    """Largest holdout that a job may have, in the smallest types: the most elements for a byte."""
    fits, too_many = 0, MAX_ROWS + 1
    while too_many - fits > 1:
        rows = (fits + too_many) // 2
        try:
            cut_of(architecture, metric, rows, model_bytes)
            fits = rows
        except (TooMuchWork, TooManySlices):
            too_many = rows
    return fits


@pytest.mark.parametrize(
    ("fields", "metric"),
    [
        (LOGISTIC | {"inputs": 1, "outputs": 1}, "log_loss"),
        (LINEAR | {"inputs": 1}, "r2"),
        (LOGISTIC | {"inputs": 1, "outputs": 1_024}, "log_loss"),
        (LOGISTIC | {"inputs": 65_536, "standardize": True}, "accuracy"),
        (LINEAR | {"inputs": 1_024}, "r2"),
        (MLP | {"inputs": 500, "hidden": [8_192], "outputs": 2}, "accuracy"),
        (CNN, "accuracy"),
        (FOREST, "brier"),
    ],
    ids=["many labels", "many targets", "many classes", "wide rows", "many features", "many weights", "cnn", "forest"],
)
def test_memory_is_bounded_by_the_work_cap(fields, metric):
    """Loading the holdout, and then an input that reads a model and scores slices; two slices are like any number."""
    architecture = architecture_of(fields)
    judged = parse_metric(metric, architecture)
    made = random_model(architecture, Random(1)) if fields is FOREST else random_tensors(architecture, 0, np.float16)
    model_file = write_tensors(made)
    rows = most_rows(architecture, judged, len(model_file))
    assert rows > 0
    cut = cut_of(architecture, judged, rows, len(model_file))
    y = (np.arange(rows) % 2).astype(np.float16) if metric == "r2" else np.zeros(rows, np.uint8)
    holdout_file = write_tensors({"x": np.ones((rows, architecture.inputs), np.float16), "y": y})
    tracemalloc.start()
    try:
        holdout = load_holdout(architecture, judged, holdout_file, rows)
        assert tracemalloc.get_traced_memory()[0] < KEPT * len(holdout_file) + 2**14
        model = load_model(architecture, model_file)
        scoring = Scoring(model_file)
        for _ in range(2):
            if scoring.rows < rows:
                scoring = scoring.proceed(model, holdout, cut.rows)
        if scoring.rows == rows:
            scoring.conclude(holdout)
        assert tracemalloc.get_traced_memory()[1] < BOUND
    finally:
        tracemalloc.stop()


WIDE = MLP | {"inputs": 905, "hidden": [8_192], "outputs": 2}
"""The most parameters, nearly, in the fewest bytes: one each, in int8."""


def widest(weight: str) -> bytes:
    """Model file of `WIDE` whose large tensor is called `weight`."""
    tensors = {
        weight: np.ones((8_192, 905), np.int8),
        f"{weight}:scale": np.float32(0.1).reshape(()),
        "layers.0.bias": np.zeros(8_192, np.float16),
        "layers.1.weight": np.ones((2, 8_192), np.float16),
        "layers.1.bias": np.zeros(2, np.float16),
    }
    return write_tensors(tensors)


@pytest.mark.parametrize("weight", ["layers.0.weight", "layers.0.weight:delta"])
def test_a_model_of_the_most_parameters_in_the_fewest_bytes(weight):
    """Weights are widened to float64, added to the initial model's, and made ready for the products."""
    architecture = architecture_of(WIDE)
    metric = parse_metric("accuracy", architecture)
    initial = load_model(architecture, widest("layers.0.weight"))
    file = widest(weight)
    assert most_rows(architecture, metric, len(file)) > 0
    with pytest.raises(TooMuchWork):
        cut_of(architecture_of(WIDE | {"inputs": 2_000}), metric, 1, len(file) + 1_095 * 8_192)
    holdout_file = write_tensors({"x": np.ones((1, 905), np.float16), "y": np.zeros(1, np.uint8)})
    tracemalloc.start()
    try:
        holdout = load_holdout(architecture, metric, holdout_file, 1)
        Scoring(file).proceed(load_model(architecture, file, initial), holdout, 1).conclude(holdout)
        assert tracemalloc.get_traced_memory()[1] < BOUND
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("rows", "width"), [(1_000_000, 1), (200_000, 10), (140_000, 20), (20_000, 300)])
def test_counting_distinct_rows_stays_within_its_share(rows, width):
    random = np.random.default_rng(0)
    x = random.integers(0, 2**15 - 2**10, (rows, width), dtype=np.uint16).view(np.float16)
    data = write_tensors({"x": x, "y": (np.arange(rows) % 200).astype(np.uint8)})
    tracemalloc.start()
    try:
        assert distinct_rows(data) > 0.6 * rows
        assert tracemalloc.get_traced_memory()[1] <= len(data) + DISTINCT_BYTES * rows + OBJECTS
    finally:
        tracemalloc.stop()
