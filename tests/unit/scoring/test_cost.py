"""The price of scoring adds up, grows with everything that is scored, and covers what was measured in the machine."""

from __future__ import annotations

import json
from dataclasses import fields as members
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deml.base.bounds import TooManySlices, TooMuchWork
from deml.base.limits import MAX_SCORING_MCYCLES, MAX_SLICES, SLICE_MCYCLES
from deml.scoring import (
    Architecture,
    Budget,
    parse_architecture,
    parse_metric,
    reading_mcycles,
    scoring_mcycles,
    slicing,
)
from deml.scoring.architecture import Work
from deml.scoring.cost import CYCLES_PER_SLICE, MCYCLE, price, row_cycles
from deml.scoring.families import FAMILIES
from deml.scoring.metrics import METRICS
from tests.support.random_models import random_architecture
from tests.unit.scoring.scoring_files import LINEAR, LOGISTIC, MLP, architecture_of

MLP_64_32_10 = MLP | {"inputs": 64, "hidden": [32], "outputs": 10}
LOGISTIC_30 = LOGISTIC | {"inputs": 30}
FOREST = {"family": "trees", "task": "classification", "inputs": 30, "outputs": 2, "nodes": 127, "depth": 6}

sizes = st.integers(0, 10**8)
architectures = st.builds(
    lambda family, seed: parse_architecture(json.dumps(random_architecture(family, Random(seed)))),
    st.sampled_from(sorted(FAMILIES)),
    st.integers(0, 10**6),
)


def metric_for(architecture: Architecture) -> str:
    """The dearest metric that fits."""
    fitting = [one for one in METRICS.values() if one.task is architecture.task and not one.binary]
    return max(fitting, key=lambda one: one.curves(architecture.classes)).name


@given(architectures, sizes, sizes)
def test_the_work_on_rows_adds_up(architecture, some, more):
    """Else a slice would cost something else than its share."""
    parts, whole = (architecture.work(some), architecture.work(more)), architecture.work(some + more)
    for one in members(Work):
        assert getattr(whole, one.name) == sum(getattr(part, one.name) for part in parts)


@given(architectures, st.tuples(sizes, sizes, sizes), st.tuples(sizes, sizes, sizes))
def test_reading_grows_with_rows_and_bytes(architecture, at_least, more):
    most = [low + extra for low, extra in zip(at_least, more, strict=True)]
    assert reading_mcycles(architecture, *at_least) <= reading_mcycles(architecture, *most)


@given(architectures, sizes, sizes)
def test_scoring_grows_with_the_rows_and_adds_up(architecture, some, more):
    metric = parse_metric(metric_for(architecture), architecture)
    one, other, both = (scoring_mcycles(architecture, metric, rows) for rows in (some, more, some + more))
    assert max(one, other) <= both
    assert abs(one + other - both) <= 2 + CYCLES_PER_SLICE // MCYCLE


@pytest.mark.parametrize(
    ("smaller", "larger"),
    [
        (LOGISTIC, LOGISTIC | {"inputs": 40}),
        (LOGISTIC | {"outputs": 2}, LOGISTIC | {"outputs": 20}),
        (MLP, MLP | {"hidden": [50, 4]}),
        (MLP, MLP | {"hidden": [5, 4, 3]}),
        (MLP, MLP | {"activation": "tanh"}),
        (LOGISTIC, LOGISTIC | {"standardize": True}),
        (FOREST | {"trees": 10}, FOREST | {"trees": 11}),
        (FOREST | {"trees": 10}, FOREST | {"trees": 10, "depth": 7}),
    ],
)
def test_a_row_costs_more_with_a_larger_model(smaller, larger):
    models = [architecture_of(fields) for fields in (smaller, larger)]
    prices = [row_cycles(one, parse_metric("accuracy", one)) for one in models]
    assert prices[0] < prices[1]


def test_metrics_that_need_exponentials_cost_more():
    model = architecture_of(MLP_64_32_10)
    accuracy, brier, loss = (row_cycles(model, parse_metric(one, model)) for one in ("accuracy", "brier", "log_loss"))
    assert accuracy + 9_000 <= brier <= loss


def rows_cost(fields, rows, metric="accuracy"):
    """Millions of cycles for some rows of a prepared holdout, not rounded."""
    architecture = architecture_of(fields)
    return (CYCLES_PER_SLICE + rows * row_cycles(architecture, parse_metric(metric, architecture))) / MCYCLE


def products_cost(*widths):
    return price(Work(products=1_000 * sum(a * b for a, b in pairwise(widths)))) / MCYCLE


def prepared_cost(rows, inputs):
    """Millions of cycles that each row of a holdout adds to reading it."""
    model = architecture_of(LINEAR | {"inputs": inputs})
    return reading_mcycles(model, rows, 0, 0) - reading_mcycles(model, 0, 0, 0)


IN_THE_MACHINE = {
    "products with OpenBLAS": (products_cost(64, 32, 10), 6.1),
    "exact MLP on 1,000 rows, and accuracy": (rows_cost(MLP_64_32_10, 1_000), 12.8),
    "preparing 1000 x 64": (prepared_cost(1_000, 64), 5.3),
    "logistic on 1,000 rows": (rows_cost(LOGISTIC_30, 1_000), 0.44),
    "exp of 10,000 values": (price(Work(curves=10_000)) / MCYCLE, 9.0),
}
"""Predictions and measurements in millions of cycles: every row of the platform's table that scoring is made of."""

ON_THE_INSTRUCTION_CLOCK = {
    "MLP, accuracy": (rows_cost(MLP_64_32_10, 1_000), 8.51),
    "MLP, log-loss": (rows_cost(MLP_64_32_10, 1_000, "log_loss"), 13.81),
    "logistic, log-loss": (rows_cost(LOGISTIC_30, 1_000, "log_loss"), 2.57),
    "preparing 1000 x 64": (prepared_cost(1_000, 64), 4.41),
}
"""The same of the engine as it is, counted by an emulated riscv64 processor (``benchmarks/machine``)."""


@pytest.mark.parametrize(
    ("predicted", "measured"),
    [*IN_THE_MACHINE.values(), *ON_THE_INSTRUCTION_CLOCK.values()],
    ids=[*IN_THE_MACHINE, *(f"{name}, on the instruction clock" for name in ON_THE_INSTRUCTION_CLOCK)],
)
def test_it_covers_what_was_measured_and_not_much_more(predicted, measured):
    assert measured <= predicted <= 4 * measured


def test_it_covers_the_bytes_of_a_verified_car():
    """sha256 of a MiB: 73; a 100 KB payload through HTTP, hex-decoded: 25 with its fixed part of some 15."""
    model = architecture_of(LINEAR)
    assert 73 <= reading_mcycles(model, 0, 2**20, 0) - reading_mcycles(model, 0, 0, 0) <= 4 * 73
    assert reading_mcycles(model, 0, 100_000, 0) >= 25


@given(architectures, st.integers(1, 10**5))
def test_slices_cover_the_rows_and_fit_their_budget(architecture, rows):
    metric = parse_metric(metric_for(architecture), architecture)
    try:
        cut = slicing(architecture, metric, rows, 10**5, 10**6)
    except (TooMuchWork, TooManySlices):
        return
    assert cut.rows * (cut.slices(rows) - 1) < rows <= cut.rows * cut.slices(rows)
    assert cut.slices(rows) <= MAX_SLICES
    assert cut.rows == 1 or scoring_mcycles(architecture, metric, cut.rows) <= SLICE_MCYCLES
    reading = reading_mcycles(architecture, rows, 10**5, 10**6)
    an_input = scoring_mcycles(architecture, metric, cut.rows) * cut.an_input
    assert reading + an_input <= MAX_SCORING_MCYCLES + 1 + cut.an_input
    assert cut.inputs(rows) == -(-cut.slices(rows) // cut.an_input)


def test_a_slice_has_a_row_even_if_that_exceeds_it():
    model = architecture_of(MLP)
    cut = slicing(model, parse_metric("accuracy", model), 10, 10**5, 10**5, Budget(a_slice=1))
    assert cut.rows == 1


@pytest.mark.parametrize(
    ("fields", "rows", "model_bytes", "holdout_bytes", "error"),
    [
        (LOGISTIC_30, 10_000, 0, 12_500_000, TooMuchWork),
        (MLP | {"hidden": [8_192, 8_192]}, 10, 67_000_000, 1_000, TooMuchWork),
        (MLP | {"hidden": [2_048, 2_048]}, 4_000, 4_300_000, 50_000, TooManySlices),
    ],
)
def test_what_can_never_be_scored_is_refused(fields, rows, model_bytes, holdout_bytes, error):
    architecture = architecture_of(fields)
    with pytest.raises(error):
        slicing(architecture, parse_metric("accuracy", architecture), rows, model_bytes, holdout_bytes)


def test_ordinary_jobs_take_one_input():
    for fields, rows, model_bytes, holdout_bytes in (
        (MLP_64_32_10, 10_000, 12_000, 64 * 10_000 * 4),
        (LOGISTIC_30, 569, 1_000, 75_000),
        (FOREST | {"trees": 100}, 1_000, 400_000, 130_000),
    ):
        architecture = architecture_of(fields)
        metric = parse_metric("accuracy", architecture)
        assert slicing(architecture, metric, rows, model_bytes, holdout_bytes).inputs(rows) == 1


def test_a_large_job_takes_several():
    """100,000 rows of 64 features in float16 and a network of two layers of 256."""
    model = architecture_of(MLP | {"inputs": 64, "hidden": [256, 256], "outputs": 10})
    cut = slicing(model, parse_metric("accuracy", model), 60_000, 350_000, 64 * 60_000 * 2 + 200_000)
    assert 2 <= cut.inputs(60_000) <= 200
