"""Metrics by their definitions: ties, ends, rounding, clipping."""

from __future__ import annotations

import math

import numpy as np
import pytest

from deml.base.limits import MAX_SCORE, PPM
from deml.scoring.metrics import METRICS
from deml.scoring.metrics.rounding import to_ppm


def judge(metric: str, outputs, targets) -> int:
    array = np.array(outputs, dtype=np.float64)
    judge = METRICS[metric]
    outputs, targets = array if array.ndim == 2 else array[:, None], np.array(targets)
    return judge.conclude(judge.evidence(outputs, targets), targets)


@pytest.mark.parametrize(("logit", "predicted"), [(1e-300, 1), (0.0, 0), (-0.0, 0), (-1e-300, 0)])
def test_one_logit_predicts_class_1_above_zero_only(logit, predicted):
    assert judge("accuracy", [logit], [predicted]) == PPM
    assert judge("accuracy", [logit], [1 - predicted]) == 0


@pytest.mark.parametrize(
    ("logits", "predicted"), [([1, 1, 1], 0), ([0, 2, 2], 1), ([-0.0, 0.0, -1], 0), ([-5, -4, -4.5], 1)]
)
def test_of_equal_logits_the_first_counts(logits, predicted):
    for label in range(3):
        assert judge("accuracy", [logits], [label]) == (PPM if label == predicted else 0)


def test_accuracy_is_rounded_to_parts_per_million():
    assert judge("accuracy", [1, 1, 1], [1, 0, 0]) == 333_333
    assert judge("accuracy", [1, 1, 1], [1, 1, 0]) == 666_667


def test_log_loss_of_an_undecided_model():
    assert judge("log_loss", [0, 0], [0, 1]) == -693_147
    assert judge("log_loss", [[7.0] * 10], [3]) == -2_302_585
    assert judge("log_loss", [[0.0] * 1_024], [1_023]) == -round(math.log(1_024) * PPM)


def test_log_loss_of_a_sure_model():
    assert judge("log_loss", [2.0**100], [1]) == 0
    assert judge("log_loss", [100.0], [0]) == -100 * PPM
    assert judge("log_loss", [[0, 0, 800.0]], [2]) == 0


def test_log_loss_of_a_row_is_bounded():
    assert judge("log_loss", [2.0**100], [0]) == -4_096 * PPM
    assert judge("log_loss", [[-(2.0**100), 2.0**100]], [0]) == -4_096 * PPM
    assert judge("log_loss", [5_000.0, 0.0], [0, 0]) == -round((4_096 + math.log(2)) / 2 * PPM)


def test_log_loss_of_one_logit_is_that_of_two():
    z = np.random.default_rng(0).normal(size=50) * 5
    y = np.arange(50) % 2
    assert judge("log_loss", z, y) == judge("log_loss", np.stack([np.zeros(50), z], axis=1), y)
    assert judge("log_loss", z, y) == judge("log_loss", -z, 1 - y)


def test_r2_at_its_landmarks():
    y = [1.0, 2.0, 3.0, 6.0]
    assert judge("r2", y, y) == PPM
    assert judge("r2", [3.0] * 4, y) == 0
    assert judge("r2", [2.0, 3.0, 4.0, 7.0], y) == round((1 - 4 / 14) * PPM)
    assert judge("r2", [0.0] * 4, y) == round((1 - 50 / 14) * PPM)


def test_r2_sees_small_differences_of_large_targets():
    y = np.float32(2**23) + np.arange(4, dtype=np.float32)
    assert judge("r2", y.astype(float), y) == PPM
    assert judge("r2", y.astype(float) + 0.5, y) == round((1 - 1 / 5) * PPM)


def test_scores_are_clipped():
    assert judge("r2", [2.0**100, 0.0], [0.0, 1.0]) == -MAX_SCORE
    assert judge("r2", [3e5, -3e5], [0.0, 2.0**-126]) == -MAX_SCORE


def test_many_rows_do_not_overflow():
    rows = 1_000_000
    targets = np.where(np.arange(rows) % 2, 1.0, -1.0)
    assert judge("r2", -targets, targets) == -3 * PPM
    largest = targets[:4_096] * (1 - 2.0**-24)
    assert judge("r2", [0.0, *largest[1:]], largest) == round((1 - 1 / 4_096) * PPM)
    assert judge("log_loss", np.full(rows, 2.0**100), np.zeros(rows, np.int64)) == -4_096 * PPM


@pytest.mark.parametrize(
    ("numerator", "denominator", "ppm"),
    [(1, 2 * PPM, 1), (-1, 2 * PPM, 0), (-3, 2 * PPM, -1), (1, 2 * PPM + 1, 0), (-5, 1, -5 * PPM), (0, 7, 0)],
)
def test_halves_are_rounded_up(numerator, denominator, ppm):
    assert to_ppm(numerator, denominator) == ppm
