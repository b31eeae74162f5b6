"""A sponsor's rows in parts: none in two of them, every class in each, the same for the same seed alone."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from deml.scoring import parse_architecture
from deml.scoring.safetensors import read_tensors
from deml_sdk.campaigns.errors import TooFewParts
from deml_sdk.campaigns.parts import share_out
from deml_sdk.data.tables import Table

ARCHITECTURE = parse_architecture(json.dumps({"family": "logistic", "inputs": 2, "outputs": 1}))
REGRESSION = parse_architecture(json.dumps({"family": "linear", "inputs": 2}))


def table(x, y) -> Table:
    return Table(np.asarray(x, np.float64), np.asarray(y, np.float64), ("a", "b"))


def rows_of(part: bytes) -> list[tuple[float, ...]]:
    return [tuple(map(float, row)) for row in read_tensors(part)["x"]]


@given(
    x=arrays(np.float64, st.tuples(st.integers(6, 40), st.just(2)), elements=st.integers(-3, 3).map(float)),
    rounds=st.integers(2, 5),
    seed=st.integers(0, 9),
)
def test_every_distinct_row_is_in_one_part_and_no_part_is_much_smaller(x, rounds: int, seed: int):
    distinct = {tuple(row) for row in x.tolist()}
    if len(distinct) < rounds:
        with pytest.raises(TooFewParts):
            share_out(table(x, x[:, 0]), REGRESSION, rounds, seed)
        return
    parts = [rows_of(one) for one in share_out(table(x, x[:, 0]), REGRESSION, rounds, seed)]
    assert sorted(row for part in parts for row in part) == sorted(distinct)
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_rows_that_single_precision_cannot_tell_apart_are_not_shared_out():
    x = [[1.0, 0.0], [1.0 + 1e-12, 0.0], [2.0, 0.0], [3.0, 0.0]]
    parts = share_out(table(x, [0, 1, 0, 1]), ARCHITECTURE, 3, 0)
    assert sorted(row for part in parts for row in rows_of(part)) == [(1.0, 0.0), (2.0, 0.0), (3.0, 0.0)]


def test_a_rare_class_is_in_every_part():
    x = [[float(row), 0.0] for row in range(300)]
    parts = share_out(table(x, [float(row < 9) for row in range(300)]), ARCHITECTURE, 3, 4)
    assert [int(read_tensors(one)["y"].sum()) for one in parts] == [3, 3, 3]


def test_the_seed_decides():
    x, y = [[float(row), 0.0] for row in range(40)], [float(row % 2) for row in range(40)]
    first, again, other = (share_out(table(x, y), ARCHITECTURE, 2, seed) for seed in (1, 1, 2))
    assert first == again != other
