"""What is counted is a row added or left out: nothing in training may hang on how many rows there are."""

from __future__ import annotations

import json

import numpy as np
import pytest
from dp_accounting.pld.pld_pmf import create_pmf
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from deml.scoring import parse_architecture, parse_metric
from deml_learn.privacy.accounting import spend
from deml_learn.privacy.budget import Privacy, Spent
from deml_learn.privacy.dp_sgd import train_privately
from deml_learn.privacy.split import independent_split
from deml_learn.trainers.errors import BatchWithBudget
from deml_learn.trainers.plan import Training, TrainingOptions
from deml_learn.trainers.task import TrainingTask
from deml_learn.training.hyperparameters import PRIVATE, USUAL, Hyperparameters
from deml_learn.training.network import Head, Network
from deml_sdk.data.tables import Table

BUDGET = Privacy(2.0, 1e-4)
START = Network((np.zeros((1, 3)),), (np.zeros(1),), Head.BINARY)
LOGISTIC = json.dumps({"family": "logistic", "inputs": 3, "outputs": 1})
TASK = TrainingTask(LOGISTIC, parse_metric("accuracy", parse_architecture(LOGISTIC)), b"an initial model")


class PerRow:
    """Draws for each row by itself, as the system does: the rows before a new one draw what they drew without it."""

    def __init__(self, seed: int, last_never: bool = False) -> None:
        self.seed, self.last_never, self.calls = seed, last_never, 0
        self.noise = np.random.default_rng(seed)

    def uniform(self, count: int) -> np.ndarray:
        self.calls += 1
        found = np.random.default_rng([self.seed, self.calls]).random(1_000)[:count].copy()
        if self.last_never:
            found[-1] = 1 - 1e-9
        return found

    def normal(self, shape: tuple[int, ...]) -> np.ndarray:
        return self.noise.standard_normal(shape)


def rows(count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    x = random.normal(size=(count, 3))
    return x, (x[:, 0] > 0).astype(float)


@given(st.integers(10, 200), st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_a_row_more_that_takes_part_in_no_step_changes_not_a_bit(count: int, seed: int):
    """Sampling, noise, step sizes and number of steps are what they are without it."""
    x, y = rows(count + 1, seed)
    how = Hyperparameters(epochs=2, learning_rate=0.05)
    without, first = train_privately(START, x[:-1], y[:-1], how, BUDGET, lambda _: None, PerRow(seed))
    with_it, second = train_privately(START, x, y, how, BUDGET, lambda _: None, PerRow(seed, last_never=True))
    assert first == second
    np.testing.assert_array_equal(without.weights[0], with_it.weights[0])
    np.testing.assert_array_equal(without.biases[0], with_it.biases[0])


def test_steps_without_any_row_are_taken_all_the_same():
    """With one row and a chance of one in fifty, most steps have no row: their noise is added like any other's."""
    x, y = rows(1, 0)
    rare = Privacy(2.0, 1e-4, sampling_rate=0.02)
    noises = []

    class Counting(PerRow):
        def normal(self, shape):
            noises.append(shape)
            return super().normal(shape)

    _, spent = train_privately(START, x, y, Hyperparameters(epochs=2), rare, lambda _: None, Counting(3))
    assert spent.steps == 100
    assert len(noises) == 2 * spent.steps


@given(st.integers(1, 300), st.floats(0.05, 0.9), st.integers(0, 2**32))
def test_a_row_more_moves_no_other_row_between_learning_and_validation(count: int, part: float, seed: int):
    x, y = rows(count + 1, seed)
    without = independent_split(x[:-1], y[:-1], part, PerRow(seed))
    with_it = independent_split(x, y, part, PerRow(seed))
    assert set(with_it.validation_rows) - {count} == set(without.validation_rows)
    assert len(with_it.y) + len(with_it.validation_y) == count + 1
    np.testing.assert_array_equal(with_it.validation_x, x[with_it.validation_rows])


def test_rows_are_taken_out_with_the_chance_that_was_asked_for():
    """Binomial: 40,000 rows, six standard deviations."""
    x, y = np.zeros((40_000, 1)), np.zeros(40_000)
    assert abs(len(independent_split(x, y, 0.2).validation_y) - 8_000) < 6 * np.sqrt(40_000 * 0.2 * 0.8)
    assert len(independent_split(x, y, 0.0).validation_y) == 0


def test_with_a_budget_neither_seed_nor_number_of_rows_decides_the_split():
    table = Table(*rows(300, 0), ("a", "b", "c"))
    private = Training(TASK, TrainingOptions(privacy=BUDGET, seed=7))
    first, second = (private.split(table.x, table.y).validation_rows for _ in range(2))
    assert list(first) != list(second)
    usual = Training(TASK, TrainingOptions(seed=7))
    assert list(usual.split(table.x, table.y).validation_rows) == list(usual.split(table.x, table.y).validation_rows)


def test_what_is_usual_with_a_budget_does_not_hang_on_the_rows():
    assert Training(TASK, TrainingOptions(privacy=BUDGET)).hyperparameters == PRIVATE
    assert Training(TASK).hyperparameters == USUAL
    own = Training(TASK, TrainingOptions(privacy=BUDGET, epochs=3, learning_rate=0.5)).hyperparameters
    assert (own.epochs, own.learning_rate, own.batch) == (3, 0.5, USUAL.batch)


def test_a_number_of_rows_a_step_is_refused_with_a_budget():
    with pytest.raises(BatchWithBudget, match="32"):
        Training(TASK, TrainingOptions(privacy=BUDGET, batch=32))


def epsilon_of_an_exchange(spent: Spent, fineness: float) -> float:
    """What the same training gives away if a row may be exchanged for another, counted by ourselves.

    In each step the row adds a gradient of length 1 in the one data set, and in the other the opposite one.
    """
    rate, noise = spent.sampling_rate, spent.noise_multiplier
    sums = np.linspace(-1 - 12 * noise, 1 + 12 * noise, 500_001)
    here, there = (np.log((1 - rate) * norm.pdf(sums, 0, noise) + rate * norm.pdf(sums, one, noise)) for one in (1, -1))
    chances = np.diff((1 - rate) * norm.cdf(sums, 0, noise) + rate * norm.cdf(sums, 1, noise))
    losses = np.rint((here - there)[1:] / fineness).astype(int)
    least = losses.min()
    found = {place + least: chance for place, chance in enumerate(np.bincount(losses - least, chances)) if chance}
    step = create_pmf(found, fineness, max(0.0, 1 - sum(found.values())), True)
    return float(step.self_compose(spent.steps).get_epsilon_for_delta(spent.delta))


@pytest.mark.parametrize(("epsilon", "exchanged"), [(1.0, 2.12), (8.0, 16.5)])
def test_a_row_exchanged_costs_more_than_a_row_added_as_the_page_says(epsilon: float, exchanged: float):
    """docs/privacy.md promises the first, and gives the second for comparison."""
    spent = spend(Privacy(epsilon, 1e-5), 90)
    assert "one row added or left out" in spent.accountant
    assert 0.98 * epsilon < spent.epsilon <= epsilon
    assert epsilon_of_an_exchange(spent, epsilon / 1000) == pytest.approx(exchanged, rel=0.01)
