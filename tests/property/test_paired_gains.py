"""Paired gains: engine and reference agree to the bit, rows can be cut up, and their sum is the gain in score."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deml.base.limits import MAX_SCORE, PPM
from deml.scoring import Pairing, parse_pairing
from deml.scoring.errors import CutOutOfRange, NoPairing
from deml.scoring.metrics import METRICS
from deml.scoring.task import Task
from tests.support import reference_metrics
from tests.support.scale import SCALE
from tests.unit.scoring.scoring_files import architecture_of

PAIRED = [name for name, one in METRICS.items() if one.pairing]
LOSSES = [name for name, one in METRICS.items() if one.largest_cut]


def pairing_of(metric: str, outputs: int, cut: int) -> Pairing:
    task = METRICS[metric].task
    fields = {"family": "mlp", "task": task, "inputs": 1, "hidden": [1], "outputs": outputs}
    return parse_pairing(METRICS[metric], architecture_of(fields), cut)


@st.composite
def duels(draw: st.DrawFn, metric: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Outputs of a model and of an initial one, targets, and a cut."""
    rows = draw(st.integers(2, 9))
    judge = METRICS[metric]
    columns = 1 if judge.task is Task.REGRESSION else draw(st.integers(1, 2 if judge.binary else 4))
    numbers = st.one_of(
        st.integers(-3, 3).map(float),
        st.floats(-30, 30),
        st.floats(-(2.0**100), 2.0**100).filter(lambda value: value == 0 or abs(value) > 2.0**-500),
    )
    outputs, initial = (
        np.array(draw(st.lists(numbers, min_size=rows * columns, max_size=rows * columns))).reshape(rows, columns)
        for _ in range(2)
    )
    cut = draw(st.one_of(st.integers(1, 9_000_000), st.integers(1, judge.largest_cut))) if judge.largest_cut else 0
    if judge.task is Task.REGRESSION:
        values = st.lists(st.floats(-100, 100, width=32), min_size=rows, max_size=rows, unique=True)
        return outputs, initial, np.array(draw(values), np.float32), min(cut, judge.largest_cut)
    classes = max(2, columns)
    labels = [0, 1, *draw(st.lists(st.integers(0, classes - 1), min_size=rows - 2, max_size=rows - 2))]
    return outputs, initial, np.array(draw(st.permutations(labels)), np.int16), min(cut, judge.largest_cut)


@pytest.mark.parametrize("metric", PAIRED)
@settings(max_examples=60 * SCALE, deadline=None)
@given(st.data())
def test_engine_and_reference_agree(metric: str, data: st.DataObject) -> None:
    outputs, initial, targets, cut = data.draw(duels(metric))
    judge, pairing = METRICS[metric], pairing_of(metric, outputs.shape[1], cut)
    made, first = (pairing.qualities(judge.evidence(one, targets), targets) for one in (outputs, initial))
    gain = pairing.gain(made, first, targets)
    classes = max(2, outputs.shape[1])
    exact = [[[Fraction(value) for value in row] for row in one.tolist()] for one in (outputs, initial)]
    labels: list[Any] = [Fraction(one) if isinstance(one, float) else one for one in targets.tolist()]
    expected = reference_metrics.gain(metric, *exact, labels, classes, cut)
    assert (gain.total, gain.squares, gain.scale.most, gain.scale.whole) == expected
    assert np.all(np.abs(made - first) <= gain.scale.most)
    if pairing.a_row:
        assert gain.scale.most == pairing.a_row.most
        assert gain.scale.whole == pairing.a_row.whole * len(targets)


@pytest.mark.parametrize("metric", PAIRED)
@settings(max_examples=40 * SCALE, deadline=None)
@given(st.data())
def test_rows_can_be_cut_up(metric: str, data: st.DataObject) -> None:
    outputs, initial, targets, cut = data.draw(duels(metric))
    judge, pairing = METRICS[metric], pairing_of(metric, outputs.shape[1], cut)
    made, first = (pairing.qualities(judge.evidence(one, targets), targets) for one in (outputs, initial))
    at = data.draw(st.integers(1, len(targets) - 1))
    if metric == "r2" and (len(set(targets[:at])) < 2 or len(set(targets[at:])) < 2):
        return
    whole = pairing.gain(made, first, targets)
    parts = [pairing.gain(made[one], first[one], targets[one]) for one in (slice(at), slice(at, None))]
    assert sum(one.total for one in parts) == whole.total
    assert sum(one.squares for one in parts) == whole.squares


@pytest.mark.parametrize("metric", PAIRED)
@settings(max_examples=40 * SCALE, deadline=None)
@given(st.data())
def test_the_gains_sum_to_the_gain_in_score(metric: str, data: st.DataObject) -> None:
    """As far as no row's loss is cut, and but for rounding."""
    outputs, initial, targets, _ = data.draw(duels(metric))
    judge, cut = METRICS[metric], METRICS[metric].largest_cut
    if cut and max(np.abs(outputs).max(), np.abs(initial).max()) > 900:
        return
    pairing = pairing_of(metric, outputs.shape[1], cut)
    evidence = [judge.evidence(one, targets) for one in (outputs, initial)]
    gain = pairing.gain(*(pairing.qualities(one, targets) for one in evidence), targets)
    scores = [judge.conclude(one, targets) for one in evidence]
    if max(map(abs, scores)) == MAX_SCORE:
        return
    slack = 2 + abs(scores[0]) // 10**6 + abs(scores[1]) // 10**6
    assert abs(scores[0] - scores[1] - PPM * gain.total / gain.scale.whole) <= slack


@pytest.mark.parametrize("metric", LOSSES)
def test_losses_without_bounds_need_a_cut(metric: str) -> None:
    for cut in (0, -1, METRICS[metric].largest_cut + 1):
        with pytest.raises(CutOutOfRange):
            pairing_of(metric, 1, cut)
    pairing_of(metric, 1, METRICS[metric].largest_cut)


@pytest.mark.parametrize("metric", sorted(set(PAIRED) - set(LOSSES)))
def test_bounded_metrics_take_no_cut(metric: str) -> None:
    with pytest.raises(CutOutOfRange) as caught:
        pairing_of(metric, 2, 4_000_000)
    assert caught.value.values == {"metric": metric, "cut": 4_000_000, "low": 0, "high": 0}


def test_where_luck_is_not_known_nothing_is_paired() -> None:
    with pytest.raises(NoPairing) as caught:
        pairing_of("macro_f1", 2, 0)
    assert caught.value.known == "accuracy, balanced_accuracy, roc_auc, log_loss, brier"


def test_squares_of_the_largest_gains_are_exact() -> None:
    """A million rows that each gain the most: 82 bits of squares and more."""
    pairing = pairing_of("log_loss", 1, METRICS["log_loss"].largest_cut)
    rows = 100_000
    worst = np.full(rows, 4_096 << 30, np.int64)
    targets = np.zeros(rows, np.int16)
    gain = pairing.gain(*(pairing.qualities(one, targets) for one in (0 * worst, worst)), targets)
    assert gain.total == rows << 42
    assert gain.squares == rows << 84
