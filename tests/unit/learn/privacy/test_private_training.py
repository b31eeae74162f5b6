"""Differential privacy: the bound per row, the noise, the accounting, and what is not used."""

from __future__ import annotations

from itertools import pairwise
from math import inf, nan

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from deml_learn.privacy.accounting import LEAST_NOISE, epsilon_of, spend
from deml_learn.privacy.budget import Privacy, claim
from deml_learn.privacy.dp_sgd import train_privately
from deml_learn.privacy.errors import BadPrivacy, DeltaTooLarge, EpsilonOutOfReach
from deml_learn.privacy.gradients import clipped_sum, losses
from deml_learn.privacy.randomness import SYSTEM
from deml_learn.training.errors import TrainingDiverged
from deml_learn.training.hyperparameters import Hyperparameters
from deml_learn.training.network import Head, Network
from tests.support.seeded_randomness import SeededRandomness

FOUR = Privacy(4.0, 1e-5, sampling_rate=0.25)

SHAPES = [
    (Head.BINARY, (4, 1)),
    (Head.BINARY, (4, 5, 1)),
    (Head.SOFTMAX, (4, 3)),
    (Head.SOFTMAX, (4, 6, 5, 3)),
    (Head.REGRESSION, (4, 1)),
    (Head.REGRESSION, (4, 5, 1)),
]


def network(head: Head, widths: tuple[int, ...], seed: int = 0) -> Network:
    random = np.random.default_rng(seed)
    sizes = list(pairwise(widths))
    weights = tuple(random.normal(0, 1, (fan_out, fan_in)) for fan_in, fan_out in sizes)
    return Network(weights, tuple(random.normal(0, 1, fan_out) for _, fan_out in sizes), head)


def rows(head: Head, widths: tuple[int, ...], count: int, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    x = random.normal(0, 2, (count, widths[0]))
    y = random.normal(0, 2, count) if head is Head.REGRESSION else random.integers(0, max(2, widths[-1]), count)
    return x, y.astype(float)


def flat(sums) -> np.ndarray:
    return np.concatenate([one.ravel() for one in sums[0]])


@pytest.mark.parametrize(("head", "widths"), SHAPES)
class TestGradients:
    def test_they_are_the_slopes_of_the_loss(self, head, widths):
        """Compared with differences of the loss, place by place."""
        start = network(head, widths)
        x, y = rows(head, widths, 7)
        found = flat(clipped_sum(start, x, y, 1e9))
        measured = []
        for group in ("weights", "biases"):
            for index, place in enumerate(getattr(start, group)):
                for spot in np.ndindex(place.shape):
                    total = 0.0
                    for step in (1e-6, -1e-6):
                        moved = [one.copy() for one in getattr(start, group)]
                        moved[index][spot] += step
                        changed = {"weights": start.weights, "biases": start.biases, group: tuple(moved)}
                        total += losses(Network(**changed, head=head), x, y).sum() * np.sign(step)
                    measured.append(total / 2e-6)
        np.testing.assert_allclose(found, measured, rtol=1e-5, atol=1e-5)

    @given(seed=st.integers(0, 2**32), clip=st.floats(1e-3, 1e3), scale=st.floats(0, 1e160))
    @settings(max_examples=40, deadline=None)
    def test_no_row_counts_for_more_than_the_clip(self, head, widths, seed, clip, scale):
        x, y = rows(head, widths, 1, seed)
        found = flat(clipped_sum(network(head, widths, seed), x * scale, y, clip))
        assert np.linalg.norm(found) <= clip * (1 + 1e-9)

    @given(seed=st.integers(0, 2**32), clip=st.floats(1e-2, 1e2))
    @settings(max_examples=20, deadline=None)
    def test_the_sum_is_the_sum_of_rows_each_clipped(self, head, widths, seed, clip):
        start = network(head, widths, seed)
        x, y = rows(head, widths, 6, seed)
        expected = np.zeros_like(flat(clipped_sum(start, x, y, clip)))
        for index in range(6):
            alone = flat(clipped_sum(start, x[index : index + 1], y[index : index + 1], inf))
            expected += alone * min(1.0, clip / np.linalg.norm(alone)) if alone.any() else 0
        np.testing.assert_allclose(flat(clipped_sum(start, x, y, clip)), expected, rtol=1e-9, atol=1e-9)

    def test_a_row_without_a_finite_gradient_changes_nothing(self, head, widths):
        start = network(head, widths)
        x, y = rows(head, widths, 4)
        poison = np.vstack([x, np.full((1, widths[0]), 1e308), np.full((1, widths[0]), nan)])
        with_poison = flat(clipped_sum(start, poison, np.append(y, [0, 0]), 1.0))
        np.testing.assert_array_equal(with_poison, flat(clipped_sum(start, x, y, 1.0)))


class Recorder:
    """Draws as a seed says, and remembers how much."""

    def __init__(self, seed: int = 0) -> None:
        self.inner = SeededRandomness(seed)
        self.drawn: list[tuple[int, ...]] = []
        self.samples: list[int] = []

    def uniform(self, count):
        found = self.inner.uniform(count)
        self.samples.append(count)
        return found

    def normal(self, shape):
        self.drawn.append(shape)
        return self.inner.normal(shape)


def quiet(_epoch) -> None:
    pass


class TestTraining:
    HEAD, WIDTHS = Head.BINARY, (4, 1)

    @pytest.fixture
    def data(self):
        x, _ = rows(self.HEAD, self.WIDTHS, 400)
        return x, (x @ [1.0, -2.0, 0.5, 1.0] > 0).astype(float)

    def test_it_learns_in_spite_of_the_noise(self, data):
        x, y = data
        start = Network((np.zeros((1, 4)),), (np.zeros(1),), self.HEAD)
        made, spent = train_privately(
            start,
            x,
            y,
            Hyperparameters(30, 100, 0.05),
            Privacy(2.0, 1e-5, sampling_rate=0.25),
            quiet,
            SeededRandomness(0),
        )
        assert losses(made, x, y).mean() < 0.8 * losses(start, x, y).mean()
        assert 1.95 < spent.epsilon <= 2.0

    def test_without_a_limit_it_is_clipped_descent_and_nothing_else(self, data):
        """With every row in every step and no noise, the steps can be taken again by hand."""
        x, y = data
        start = network(self.HEAD, self.WIDTHS)
        made, spent = train_privately(
            start, x, y, Hyperparameters(3, len(y), 0.1, l2=0.0), Privacy(inf, 1e-5, 0.5, 1.0), quiet
        )
        weight, bias = start.weights[0].copy(), start.biases[0].copy()
        mean = square = np.zeros(5)
        for number in range(1, 4):
            gradient = flat(clipped_sum(Network((weight,), (bias,), self.HEAD), x, y, 0.5))
            mean, square = 0.9 * mean + 0.1 * gradient, 0.999 * square + 0.001 * gradient**2
            move = 0.1 * (mean / (1 - 0.9**number)) / (np.sqrt(square / (1 - 0.999**number)) + 1e-8)
            weight, bias = weight - move[:4], bias - move[4:]
        np.testing.assert_allclose(made.weights[0], weight, rtol=1e-12)
        np.testing.assert_allclose(made.biases[0], bias, rtol=1e-12)
        assert (spent.epsilon, spent.noise_multiplier) == (inf, 0.0)

    def test_noise_and_samples_are_drawn_anew_for_every_step(self, data):
        x, y = data
        recorder = Recorder()
        _, spent = train_privately(
            network(self.HEAD, self.WIDTHS), x, y, Hyperparameters(5, 100), FOUR, quiet, recorder
        )
        assert spent.steps == 20
        assert recorder.samples == [400] * 20
        assert recorder.drawn == [(1, 4), (1,)] * 20

    def test_what_is_added_has_the_spread_that_was_counted(self):
        """Rows without a slope leave the noise alone: the first step of Adam shows its signs, the recorder its size."""
        added = []

        class Scaled(Recorder):
            def normal(self, shape):
                added.append(np.ones(shape))
                return added[-1]

        x, y = np.zeros((40, 4)), np.zeros(40)
        start = Network((np.zeros((1, 4)),), (np.zeros(1),), Head.REGRESSION)
        privacy = Privacy(3.0, 1e-3, clip=0.25, sampling_rate=1.0)
        made, spent = train_privately(start, x, y, Hyperparameters(1, 40, 1e-3, l2=0.0), privacy, quiet, Scaled())
        noise = spent.noise_multiplier * 0.25
        expected = -1e-3 * noise / (noise + 1e-8)
        np.testing.assert_allclose(made.weights[0], np.full((1, 4), expected), rtol=1e-9)

    def test_the_seed_of_the_settings_does_not_decide_the_noise(self, data):
        x, y = data
        start, same = network(self.HEAD, self.WIDTHS), Hyperparameters(1, 100, seed=7)
        first, again = (train_privately(start, x, y, same, FOUR, quiet)[0] for _ in range(2))
        assert (first.weights[0] != again.weights[0]).all()
        seeded = [train_privately(start, x, y, same, FOUR, quiet, SeededRandomness(1))[0] for _ in range(2)]
        np.testing.assert_array_equal(seeded[0].weights[0], seeded[1].weights[0])

    def test_every_epoch_is_reported_without_a_score(self, data):
        x, y = data
        told = []
        train_privately(network(self.HEAD, self.WIDTHS), x, y, Hyperparameters(3, 100), FOUR, told.append)
        assert [(one.number, one.total, one.score) for one in told] == [(number, 3, None) for number in range(4)]
        assert told[0].loss is None
        assert all(one.loss > 0 for one in told[1:])

    def test_weights_that_are_no_numbers_are_an_error(self, data):
        x, y = data
        with pytest.raises(TrainingDiverged):
            train_privately(network(self.HEAD, self.WIDTHS), x, y, Hyperparameters(2, 100, 1e308), FOUR, quiet)


class TestAccounting:
    @given(noise=st.floats(0.8, 8), rate=st.floats(0.01, 1), steps=st.integers(1, 300), more=st.floats(1.1, 2))
    @settings(max_examples=15, deadline=None)
    def test_more_noise_costs_less_and_more_steps_or_rows_cost_more(self, noise, rate, steps, more):
        cost = epsilon_of(noise, rate, steps, 1e-5)
        assert epsilon_of(noise * more, rate, steps, 1e-5) <= cost
        assert epsilon_of(noise, rate, steps * 2, 1e-5) >= cost
        assert epsilon_of(noise, min(1.0, rate * more), steps, 1e-5) >= cost - 1e-9
        assert epsilon_of(noise, rate, steps, 1e-4) <= cost

    def test_one_step_on_all_rows_costs_what_the_analytic_formula_says(self):
        """Balle and Wang, 2018: delta of the Gaussian mechanism, exactly."""
        noise, epsilon = 2.0, epsilon_of(2.0, 1.0, 1, 1e-5)
        half, whole = 1 / (2 * noise), epsilon * noise
        delta = stats.norm.cdf(half - whole) - np.exp(epsilon) * stats.norm.cdf(-half - whole)
        assert 0.99e-5 < delta <= 1e-5

    @pytest.mark.parametrize("epsilon", [0.2, 1.0, 8.0])
    def test_what_is_spent_is_at_most_what_was_allowed_and_close_to_it(self, epsilon):
        spent = spend(Privacy(epsilon, 1e-5, sampling_rate=0.25), 80)
        assert 0.98 * epsilon < spent.epsilon <= epsilon
        assert epsilon_of(spent.noise_multiplier, 0.25, 80, 1e-5, 1e-4) <= epsilon

    def test_a_huge_epsilon_still_gets_some_noise(self):
        spent = spend(Privacy(1e6, 1e-5, sampling_rate=0.25), 20)
        assert spent.noise_multiplier == LEAST_NOISE
        assert spent.epsilon < 1e3

    def test_what_cannot_be_promised(self):
        for wrong in (0.0, -1.0, 0.001, nan):
            with pytest.raises(BadPrivacy, match="epsilon"):
                Privacy(wrong, 1e-5)
        for wrong in (0.0, 1.0, nan):
            with pytest.raises(BadPrivacy, match="delta"):
                Privacy(1.0, wrong)
        for wrong in (0.0, inf, nan):
            with pytest.raises(BadPrivacy, match="clip"):
                Privacy(1.0, 1e-5, wrong)
        for wrong in (0.0, 1.01, nan):
            with pytest.raises(BadPrivacy, match="sampling rate"):
                Privacy(1.0, 1e-5, sampling_rate=wrong)
        with pytest.raises(DeltaTooLarge, match="100"):
            Privacy(1.0, 0.01).check_rows(100)
        with pytest.raises(EpsilonOutOfReach):
            spend(Privacy(0.01, 1e-9, sampling_rate=1.0), 10**12)

    def test_the_model_file_is_told_the_claim_and_not_the_number_of_rows(self):
        told = claim(Privacy(1.25, 1e-5), "somebody")
        assert told["deml.privacy.epsilon"] == "1.25"
        assert told["deml.privacy.delta"] == "1e-05"
        assert told["deml.privacy.accountant"] == "somebody"


class TestRandomness:
    @pytest.mark.parametrize("source", [SYSTEM, SeededRandomness(3)], ids=["system", "seeded"])
    def test_normal_numbers_are_normal(self, source):
        """Kolmogorov-Smirnov at a level of one in a million; moments to five standard errors."""
        found = source.normal((200, 500)).ravel()
        assert stats.kstest(found, "norm").pvalue > 1e-6
        assert abs(found.mean()) < 5 / np.sqrt(len(found))
        assert abs(found.var() - 1) < 5 * np.sqrt(2 / len(found))

    def test_uniform_numbers_are_uniform_and_below_one(self):
        found = SYSTEM.uniform(100_000)
        assert stats.kstest(found, "uniform").pvalue > 1e-6
        assert found.min() >= 0
        assert found.max() < 1

    def test_the_systems_numbers_never_repeat(self):
        assert (SYSTEM.normal((1000,)) != SYSTEM.normal((1000,))).all()
        np.testing.assert_array_equal(SeededRandomness(1).normal((9,)), SeededRandomness(1).normal((9,)))
