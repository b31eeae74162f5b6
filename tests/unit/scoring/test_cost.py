"""The price of scoring grows with everything that is scored, and covers what was measured in the machine."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deml.base.limits import MAX_SCORING_MCYCLES
from deml.scoring import scoring_mcycles
from tests.unit.scoring.scoring_files import FAMILIES, LOGISTIC, MLP, architecture_of

sizes = st.integers(0, 10**8)


@given(st.sampled_from(list(FAMILIES.values())), st.tuples(sizes, sizes, sizes), st.tuples(sizes, sizes, sizes))
def test_it_grows_with_rows_and_bytes(fields, at_least, more):
    architecture = architecture_of(fields)
    most = [low + extra for low, extra in zip(at_least, more, strict=True)]
    assert scoring_mcycles(architecture, *at_least) <= scoring_mcycles(architecture, *most)


@pytest.mark.parametrize(
    ("smaller", "larger"),
    [
        (LOGISTIC, LOGISTIC | {"inputs": 40}),
        (LOGISTIC | {"outputs": 2}, LOGISTIC | {"outputs": 20}),
        (MLP, MLP | {"hidden": [50, 4]}),
        (MLP, MLP | {"hidden": [5, 4, 3]}),
        (LOGISTIC, LOGISTIC | {"standardize": True, "inputs": 4}),
    ],
)
def test_it_grows_with_the_architecture(smaller, larger):
    prices = [scoring_mcycles(architecture_of(fields), 10_000, 1_000, 1_000) for fields in (smaller, larger)]
    assert prices[0] < prices[1]


def test_it_adds_up():
    """Twice the work costs twice as much, the fixed part and the rounding left out."""
    architecture = architecture_of(MLP | {"inputs": 64, "hidden": [32], "outputs": 10})
    fixed = scoring_mcycles(architecture, 0, 0, 0)
    once, twice = (scoring_mcycles(architecture, n * 10**5, n * 10**6, n * 10**7) - fixed for n in (1, 2))
    assert abs(twice - 2 * once) <= 2


@pytest.mark.parametrize(
    ("fields", "rows", "measured"),
    [
        (MLP | {"inputs": 64, "hidden": [32], "outputs": 10}, 1_000, 12.8 + 5.3),
        (LOGISTIC | {"inputs": 30}, 1_000, 0.44 + 2.5),
        (LOGISTIC | {"inputs": 1, "outputs": 10}, 1_000, 9.0),
    ],
    ids=["mlp and its holdout", "logistic and its holdout", "exponentials"],
)
def test_it_covers_what_was_measured(fields, rows, measured):
    """Measurements: prototypes in the machine, and an estimate in proportion for the smaller holdout."""
    architecture = architecture_of(fields)
    assert scoring_mcycles(architecture, rows, 0, 0) - scoring_mcycles(architecture, 0, 0, 0) >= measured


def test_ordinary_jobs_fit():
    mlp = architecture_of(MLP | {"inputs": 64, "hidden": [32], "outputs": 10})
    assert scoring_mcycles(mlp, 10_000, 12_000, 64 * 10_000 * 4) < MAX_SCORING_MCYCLES
    assert scoring_mcycles(architecture_of(LOGISTIC | {"inputs": 30}), 569, 1_000, 75_000) < 150
