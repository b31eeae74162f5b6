"""Engine and reference agree where a score in parts per million would hide a difference."""

from __future__ import annotations

from fractions import Fraction
from math import log as natural_log

import numpy as np
import pytest

from deml.scoring.elementary import exp, log
from deml.scoring.metrics import METRICS, absolute, brier, log_loss, r2, squared
from tests.support import reference_metrics
from tests.support import reference_scoring as reference
from tests.unit.scoring.scoring_files import LINEAR, architecture_of, model_of


def exact(values: np.ndarray) -> list[Fraction]:
    return [Fraction(value) for value in values.tolist()]


def test_exp_on_dense_numbers():
    random = np.random.default_rng(1)
    values = np.concatenate(
        [random.uniform(-710, 0, 1_000), random.uniform(-1, 0, 500), -np.exp2(random.uniform(-60, 0, 500))]
    )
    assert exact(exp(values)) == [reference.exp(value) for value in exact(values)]


def test_log_on_dense_numbers():
    random = np.random.default_rng(2)
    values = np.concatenate(
        [random.uniform(1, 2, 1_000), random.uniform(1, 2_048, 500), 1 + np.exp2(random.uniform(-52, 0, 500))]
    )
    assert exact(log(values)) == [reference.log(value) for value in exact(values)]


@pytest.fixture
def unrounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Metrics return their exact fraction."""
    for metric in (log_loss, brier, r2, squared, absolute):
        monkeypatch.setattr(metric, "to_ppm", Fraction)


def measure(metric: str, outputs: np.ndarray, targets: np.ndarray) -> Fraction | int:
    judge = METRICS[metric]
    return judge.measure(judge.evidence(outputs, targets), targets)


@pytest.mark.usefixtures("unrounded")
@pytest.mark.parametrize("outputs", [1, 2, 7])
@pytest.mark.parametrize("metric", ["log_loss", "brier"])
def test_losses_before_their_last_rounding(metric: str, outputs: int):
    random = np.random.default_rng(outputs)
    logits = random.normal(size=(300, outputs)) * 4
    labels = random.integers(0, max(2, outputs), 300)
    expected = reference_metrics.METRICS[metric]([exact(row) for row in logits], labels.tolist())
    assert measure(metric, logits, labels) == expected


@pytest.mark.usefixtures("unrounded")
@pytest.mark.parametrize("units", [0.6, -0.6])
def test_exponentials_keep_52_bits(units: float):
    """One exponential is 2^-31 and a little: half a unit of the loss, and what decides is its 52nd bit."""
    above = units * 2.0**-21
    logit = np.array([[natural_log(2**31) - above]])
    assert measure("log_loss", logit, np.array([1])) == (-Fraction(1, 2**30) if units > 0 else 0)


@pytest.mark.usefixtures("unrounded")
@pytest.mark.parametrize("metric", ["r2", "mse", "mae"])
@pytest.mark.parametrize("exponent", [-140, 0, 20, 90])
def test_residuals_before_their_last_rounding(exponent: int, metric: str):
    random = np.random.default_rng(3)
    targets = random.normal(size=2_000).astype(np.float32).astype(np.float64)
    outputs = targets + random.normal(size=2_000) * 2.0**exponent
    expected = reference_metrics.METRICS[metric]([[value] for value in exact(outputs)], exact(targets))
    assert measure(metric, outputs[:, None], targets) == expected


def test_standardising_divides():
    """Quotients that lie between two integers of 26 bits: one that is a bit too small is rounded the other way."""
    random = np.random.default_rng(4)
    quotients = 4.0 * random.integers(2**24, 2**25, 2_000) + 3.0
    differences = 49.0 * quotients
    assert np.any(differences * (1 / 49.0) < quotients)
    x = differences.astype(np.float32)
    mean = (x - differences).astype(np.float32)
    fields = LINEAR | {"inputs": 1, "standardize": True}
    architecture = architecture_of(fields)
    weights = {"layers.0.weight": np.ones((1, 1), np.float32), "layers.0.bias": np.zeros(1, np.float32)}
    for one_x, one_mean, quotient in zip(x, mean, quotients, strict=True):
        moments = {"standardize.mean": np.array([one_mean]), "standardize.scale": np.array([49], np.float32)}
        model = model_of(architecture, weights | moments)
        outputs = architecture.forward(model.compiled, architecture.prepare(np.array([[one_x]], np.float64)))
        assert outputs[0, 0] == quotient + 1
