"""Elementary functions keep the error bounds that docs/scoring.md states, against 40 digits."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, localcontext

import mpmath
import numpy as np
import pytest

from deml.scoring.elementary import (
    ERFC_COEFFICIENTS,
    EXP_COEFFICIENTS,
    EXP_FLOOR,
    LN2_HIGH,
    LN2_LOW,
    LOG_COEFFICIENTS,
    exp,
    gelu,
    log,
    sigmoid,
    tanh,
)

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
    arguments = np.concatenate(
        [
            points(0.25, 2),
            points(1, 2**11),
            1 + np.exp2(points(-52, 0)),
            1 - np.exp2(points(-53, -1)),
            np.exp2(points(-1022, 1023)),
            np.exp2(np.arange(-1022, 1024)),
        ]
    )
    with localcontext(prec=DIGITS):
        for s, value in zip(arguments.tolist(), log(arguments).tolist(), strict=True):
            true = Decimal(s).ln()
            assert abs(Decimal(value) - true) <= (1 + abs(true)) * Decimal(2) ** -51
    assert log(np.array([1.0])).tolist() == [0.0]


WIDE = np.concatenate([points(-40, 40), points(-3, 3), np.exp2(points(-300, 10)), -np.exp2(points(-300, 10))])


@pytest.mark.parametrize(
    ("curve", "true", "bits"),
    [
        (sigmoid, lambda z: 1 / (1 + mpmath.exp(-z)), 50),
        (tanh, mpmath.tanh, 50),
        (gelu, lambda z: z * mpmath.erfc(-z / mpmath.sqrt(2)) / 2, 43),
    ],
)
def test_curves_are_within_their_bounds(curve: Callable, true: Callable, bits: int):
    """Sigmoid and tanh relative to the truth, GELU relative to its argument."""
    arguments = WIDE[np.abs(WIDE) < 700]
    with mpmath.workdps(DIGITS):
        for z, value in zip(arguments.tolist(), curve(arguments).tolist(), strict=True):
            expected = true(mpmath.mpf(z))
            unit = abs(mpmath.mpf(z) if curve is gelu else expected)
            assert abs(value - expected) <= unit * mpmath.mpf(2) ** -bits


def test_curves_at_their_ends():
    ends = np.array([0.0, -0.0, 1e30, -1e30, 2.0**245, -(2.0**245)])
    assert sigmoid(ends)[:3].tolist() == [0.5, 0.5, 1.0]
    assert tanh(ends).tolist() == [0.0, 0.0, 1.0, -1.0, 1.0, -1.0]
    assert gelu(ends)[[0, 1, 2, 4]].tolist() == [0.0, 0.0, 1e30, 2.0**245]
    assert np.all(np.abs(gelu(ends)[[3, 5]]) < 2.0**-700)


def test_curves_leave_their_arguments_alone():
    for curve in (sigmoid, tanh, gelu, log, exp):
        arguments = -points(1, 2) if curve is exp else points(1, 2)
        before = arguments.copy()
        curve(arguments)
        assert np.array_equal(arguments, before)


def test_the_polynomial_of_erfc_is_the_chebyshev_series():
    """Its values on the way from 0 to infinity, against (1 + 2a) exp(a^2) erfc(a) / 2."""
    with mpmath.workdps(DIGITS):
        for u in np.linspace(-1, 0.999, 500).tolist():
            a = mpmath.mpf("3.75") * (1 + mpmath.mpf(u)) / (1 - mpmath.mpf(u))
            true = (1 + 2 * a) * mpmath.exp(a * a) * mpmath.erfc(a) / 2
            series = mpmath.fsum(one * mpmath.mpf(u) ** n for n, one in enumerate(ERFC_COEFFICIENTS))
            assert abs(series - true) < mpmath.mpf(2) ** -44


def test_constants_are_what_they_are_named_after():
    with localcontext(prec=DIGITS):
        assert abs(Decimal(LN2_HIGH) + Decimal(LN2_LOW) - Decimal(2).ln()) < Decimal(2) ** -86
    assert all((n * LN2_HIGH).is_integer() or (n * LN2_HIGH * 2.0**33).is_integer() for n in range(1, 2**20, 997))
    assert (len(EXP_COEFFICIENTS), len(LOG_COEFFICIENTS)) == (14, 12)
    assert (EXP_COEFFICIENTS[3], LOG_COEFFICIENTS[1]) == (1 / 6, 2 / 3)
