"""Metrics by their definitions: ties, ends, rounding, clipping."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sklearn.metrics

from deml.base.limits import MAX_SCORE, PPM
from deml.scoring.errors import OneClassOnly
from deml.scoring.metrics import METRICS
from deml.scoring.metrics.rounding import to_ppm
from deml.scoring.task import Task
from tests.property.expected_failures import attempt


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


def test_balanced_accuracy_counts_rare_classes_as_much_as_common_ones():
    assert judge("balanced_accuracy", [1, 1, 1, 1], [1, 1, 1, 0]) == PPM // 2
    assert judge("balanced_accuracy", [[0, 1, 0]] * 3, [1, 1, 1]) == PPM
    assert judge("balanced_accuracy", [1, 1, 1, -1], [1, 1, 1, 0]) == PPM


def test_macro_f1_counts_classes_that_are_only_predicted():
    assert judge("macro_f1", [[0, 1, 0]] * 3, [0, 0, 0]) == 0
    assert judge("macro_f1", [[1, 0, 0], [0, 1, 0]], [0, 0]) == round(PPM * (2 / 3) / 2)


def test_roc_auc_counts_ties_half():
    assert judge("roc_auc", [1, 2, 3, 4], [0, 0, 1, 1]) == PPM
    assert judge("roc_auc", [4, 3, 2, 1], [0, 0, 1, 1]) == 0
    assert judge("roc_auc", [7, 7, 7, 7], [0, 1, 0, 1]) == PPM // 2
    assert judge("roc_auc", [-0.0, 0.0], [1, 0]) == PPM // 2
    assert judge("roc_auc", [[5, 6], [5, 7]], [0, 1]) == PPM


def test_roc_auc_needs_rows_of_both_classes():
    for label in (0, 1):
        assert isinstance(attempt(lambda one=label: METRICS["roc_auc"].check(np.array([one, one]))), OneClassOnly)


def test_brier_at_its_landmarks():
    assert judge("brier", [0.0], [1]) == -PPM // 4
    assert judge("brier", [2.0**100, -(2.0**100)], [0, 0]) == -PPM // 2
    assert judge("brier", [[0, 0, 0]], [1]) == -round(PPM * (4 / 9 + 1 / 9 + 1 / 9))
    assert judge("brier", [[800.0, 0, 0]], [2]) == -2 * PPM


def test_errors_of_regressions_have_the_unit_of_the_target():
    assert judge("mse", [1.0, 4.0], [0.0, 2.0]) == -2_500_000
    assert judge("mae", [1.0, 4.0], [0.0, 2.0]) == -1_500_000
    assert judge("mse", [2.0**100, 0.0], [0.0, 0.0]) == judge("mae", [2.0**100, 0.0], [0.0, 0.0]) == -MAX_SCORE


def test_one_large_residual_among_many_is_not_cut_off():
    outputs = np.zeros(4_096)
    outputs[7] = 2.0**30
    assert judge("mae", outputs, np.zeros(4_096)) == -(2**18) * PPM


CLASSIFIED = {
    "balanced_accuracy": lambda y, z, p: sklearn.metrics.balanced_accuracy_score(y, p.argmax(axis=1)),
    "macro_f1": lambda y, z, p: sklearn.metrics.f1_score(y, p.argmax(axis=1), average="macro"),
    "accuracy": lambda y, z, p: sklearn.metrics.accuracy_score(y, p.argmax(axis=1)),
    "log_loss": lambda y, z, p: -sklearn.metrics.log_loss(y, p, labels=range(p.shape[1])),
    "brier": lambda y, z, p: -np.mean(np.sum((p - np.eye(p.shape[1])[y]) ** 2, axis=1)) / (1 + (p.shape[1] == 2)),
}


@pytest.mark.parametrize("classes", [2, 3, 12])
@pytest.mark.parametrize("metric", CLASSIFIED)
def test_scikit_learn_says_the_same_of_classes(metric: str, classes: int):
    random = np.random.default_rng(classes)
    z, y = random.normal(size=(997, classes)) * 3, random.integers(0, classes, 997)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    assert abs(judge(metric, z, y) - PPM * CLASSIFIED[metric](y, z, p)) <= 1


def test_scikit_learn_says_the_same_of_two_classes():
    random = np.random.default_rng(0)
    z, y = np.round(random.normal(size=997), 1), random.integers(0, 2, 997)
    assert abs(judge("roc_auc", z, y) - PPM * sklearn.metrics.roc_auc_score(y, z)) <= 1
    brier = sklearn.metrics.brier_score_loss(y, 1 / (1 + np.exp(-z)))
    assert abs(judge("brier", z, y) + PPM * brier) <= 1


@pytest.mark.parametrize("spread", [0.01, 1.0, 30.0])
def test_scikit_learn_says_the_same_of_values(spread: float):
    random = np.random.default_rng(1)
    y = np.float32(random.normal(size=997) * spread).astype(np.float64)
    z = y + random.normal(size=997) * spread / 3
    assert abs(judge("r2", z, y) - PPM * sklearn.metrics.r2_score(y, z)) <= 1
    assert abs(judge("mse", z, y) + PPM * sklearn.metrics.mean_squared_error(y, z)) <= 1
    assert abs(judge("mae", z, y) + PPM * sklearn.metrics.mean_absolute_error(y, z)) <= 1


@pytest.mark.parametrize("metric", METRICS)
def test_slices_of_rows_give_the_evidence_of_all(metric: str):
    random = np.random.default_rng(2)
    z = random.normal(size=(100, 1))
    y = random.integers(0, 2, 100) if METRICS[metric].task is Task.CLASSIFICATION else random.normal(size=100)
    parts = [METRICS[metric].evidence(z[start : start + 7], y[start : start + 7]) for start in range(0, 100, 7)]
    whole = METRICS[metric].evidence(z, y)
    assert np.array_equal(np.concatenate(parts), whole)
    assert whole.shape == (100,)


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
