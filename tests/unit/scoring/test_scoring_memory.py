"""What a job within the work cap can make the machine allocate, measured where arrays grow most."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from deml.base.limits import MAX_ROWS, MAX_SCORING_MCYCLES
from deml.scoring import Architecture, load_holdout, load_model, parse_metric, score, scoring_mcycles
from deml.scoring.safetensors import write_tensors
from tests.unit.scoring.scoring_files import LINEAR, LOGISTIC, MLP, architecture_of, random_tensors

BOUND = 150 * 2**20
"""Stated in docs/scoring.md."""

KEPT = 4
"""Most bytes that stay for a byte of the holdout's file: what the dapp reserves."""

ROW_OVERHEAD = 2
"""At most two bytes for a row's label or target."""


def most_rows(architecture: Architecture) -> int:
    """Largest holdout that a job may have, in the smallest types: the most elements for a byte."""
    fits, too_many = 0, MAX_ROWS + 1
    while too_many - fits > 1:
        rows = (fits + too_many) // 2
        holdout_bytes = rows * (2 * architecture.inputs + ROW_OVERHEAD)
        work = scoring_mcycles(architecture, rows, 2 * architecture.parameters, holdout_bytes)
        fits, too_many = (rows, too_many) if work <= MAX_SCORING_MCYCLES else (fits, rows)
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
    ],
    ids=["many labels", "many targets", "many classes", "wide rows", "many features", "many weights"],
)
def test_memory_is_bounded_by_the_work_cap(fields, metric):
    architecture = architecture_of(fields)
    rows = most_rows(architecture)
    assert rows > 0
    y = (np.arange(rows) % 2).astype(np.float16) if metric == "r2" else np.zeros(rows, np.uint8)
    holdout_file = write_tensors({"x": np.ones((rows, architecture.inputs), np.float16), "y": y})
    model_file = write_tensors(random_tensors(architecture, 0, np.float16))
    tracemalloc.start()
    try:
        holdout = load_holdout(architecture, parse_metric(metric, architecture), holdout_file, rows)
        assert tracemalloc.get_traced_memory()[0] < KEPT * len(holdout_file) + 2**14
        score(load_model(architecture, model_file), holdout)
        assert tracemalloc.get_traced_memory()[1] < BOUND
    finally:
        tracemalloc.stop()
