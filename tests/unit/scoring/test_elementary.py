"""exp and log keep the error bounds that docs/scoring.md states, against 40 digits."""

from __future__ import annotations

from decimal import Decimal, localcontext

import numpy as np

from deml.scoring.elementary import EXP_COEFFICIENTS, EXP_FLOOR, LN2_HIGH, LN2_LOW, LOG_COEFFICIENTS, exp, log

DIGITS = 40


def points(low: float, high: float, count: int = 4_000) -> np.ndarray:
    return np.random.default_rng(5).uniform(low, high, count)


def test_exp_is_within_its_bound():
    arguments = np.concatenate([points(EXP_FLOOR, 0), points(-1, 0), -np.exp2(points(-60, 9)), [0.0, -0.0, EXP_FLOOR]])
    with localcontext(prec=DIGITS):
        for t, value in zip(arguments.tolist(), exp(arguments).tolist(), strict=True):
            true = Decimal(t).exp()
            assert abs(Decimal(value) - true) <= true * Decimal(2) ** -51


def test_exp_at_its_ends():
    assert exp(np.array([0.0, -0.0])).tolist() == [1.0, 1.0]
    smallest = exp(np.array([EXP_FLOOR, -701.0, -(2.0**101)]))
    assert smallest[0] == smallest[1] == smallest[2] > np.finfo(np.float64).tiny


def test_exp_never_grows_above_one_nor_falls_when_its_argument_grows():
    arguments = np.sort(np.concatenate([points(-3, 0), -np.exp2(points(-60, 0))]))
    values = exp(arguments)
    assert values.max() <= 1
    assert np.all(np.diff(values) >= 0)


def test_log_is_within_its_bound():
    arguments = np.concatenate([points(1, 2), points(1, 2**11), 1 + np.exp2(points(-52, 0)), np.exp2(np.arange(12))])
    with localcontext(prec=DIGITS):
        for s, value in zip(arguments.tolist(), log(arguments).tolist(), strict=True):
            true = Decimal(s).ln()
            assert abs(Decimal(value) - true) <= (1 + true) * Decimal(2) ** -51
    assert log(np.array([1.0])).tolist() == [0.0]


def test_constants_are_what_they_are_named_after():
    with localcontext(prec=DIGITS):
        assert abs(Decimal(LN2_HIGH) + Decimal(LN2_LOW) - Decimal(2).ln()) < Decimal(2) ** -86
    assert all((n * LN2_HIGH).is_integer() or (n * LN2_HIGH * 2.0**33).is_integer() for n in range(1, 2**20, 997))
    assert (len(EXP_COEFFICIENTS), len(LOG_COEFFICIENTS)) == (14, 12)
    assert (EXP_COEFFICIENTS[3], LOG_COEFFICIENTS[1]) == (1 / 6, 2 / 3)
