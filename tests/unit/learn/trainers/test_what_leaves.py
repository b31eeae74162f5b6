"""What is said of a model before it leaves is true of it: of a stranger's numbers nothing is promised."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deml.scoring.safetensors import write_tensors
from deml_learn.sandbox.interface import ExitReason, ProgramResult
from deml_learn.trainers.contract import PrivacySpent
from deml_learn.trainers.leaves import leaving
from deml_learn.trainers.rows_among import MOST_COMPARED, no_row_among
from deml_learn.trainers.run import Trained
from deml_learn.training.split import Split

X = np.random.default_rng(0).normal(50, 20, (40, 4))
NOTHING = np.zeros((0, 4))
PROMISE = "No row of your data is among them"
MADE = Trained(
    write_tensors({"layers.0.weight": np.ones((1, 4), np.float32)}),
    None,
    None,
    None,
    ProgramResult(ExitReason.EXITED, 0, ""),
    Split(X, X[:, 0], NOTHING, NOTHING[:, 0]),
    stranger=False,
    no_row_among=True,
)


def said(made: Trained) -> str:
    return " ".join(leaving(made).sentences)


def test_the_promise_is_made_where_it_is_proven_and_nowhere_else():
    assert PROMISE in said(MADE)
    assert PROMISE not in said(replace(MADE, no_row_among=False))
    assert PROMISE not in said(replace(MADE, stranger=True))
    assert "a code of its own" in said(replace(MADE, stranger=True, no_row_among=False))


def test_what_was_promised_of_privacy_is_said():
    assert "without differential privacy" in said(MADE)
    assert "epsilon 2 at delta 1e-05" in said(replace(MADE, spent=PrivacySpent(2.0, 1e-5, 3.0, "somebody")))


@given(
    st.integers(0, 39),
    st.integers(0, 8),
    st.sampled_from(["along", "across", "standardised", "half"]),
    st.integers(0, 2**32),
)
def test_a_row_that_stands_in_a_model_is_found(row: int, place: int, how: str, seed: int):
    random = np.random.default_rng(seed)
    tensor = random.normal(size=(5, 12))
    tensors = {"standardize.mean": np.full(4, 7.0), "standardize.scale": np.full(4, 3.0), "w": tensor}
    if how == "across":
        tensor = tensors["w"] = random.normal(size=(12, 5))
        tensor[place : place + 4, 2] = X[row]
    elif how == "standardised":
        tensor[1, place : place + 4] = ((X[row] - 7) / 3).astype(np.float32)
    elif how == "half":
        tensor[1, place : place + 4] = X[row].astype(np.float16)
    else:
        tensor[1, place : place + 4] = X[row].astype(np.float32)
    assert not no_row_among(tensors, X)


def test_rows_that_do_not_stand_in_it_are_not_found():
    assert no_row_among({"w": np.random.default_rng(1).normal(size=(30, 12)), "b": np.array(0.5)}, X)


def test_the_mean_of_one_row_is_that_row():
    assert not no_row_among({"standardize.mean": X[:1].mean(axis=0), "standardize.scale": np.ones(4)}, X[:1])


def test_of_what_is_too_large_to_be_searched_nothing_is_claimed():
    assert not no_row_among({"w": np.zeros(MOST_COMPARED // 16)}, X)


def test_one_is_never_promised_of_a_model_whose_numbers_are_the_rows():
    """Even those of our own trainer: a forest on a single feature holds its values."""
    assert not no_row_among({"trees.threshold": X[:, :1].T.astype(np.float32)}, X[:, :1])


@pytest.mark.parametrize("stranger", [False, True])
def test_every_number_is_counted(stranger: bool):
    assert "4 numbers in" in said(replace(MADE, stranger=stranger))
    assert json.dumps(leaving(MADE).metadata) == "{}"
