"""Data, models and attacks for bench_noise: pools of rows so large that every model's true gain is known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn import datasets
from sklearn.linear_model import LogisticRegression, Ridge

from deml.scoring import (
    Holdout,
    Pairing,
    evidence,
    load_holdout,
    load_model,
    parse_architecture,
    parse_metric,
    parse_pairing,
)
from deml.scoring.safetensors import write_tensors

Weights = NDArray[np.float64]
"""Inputs and a bias by outputs."""

PPM = 1_000_000
LOG_LOSS_CUT = 4 * PPM


@dataclass(frozen=True)
class Setting:
    """A pool of rows and models for it; `weak` and `strong` are what initial models are made of."""

    name: str
    x: NDArray[np.float64]
    y: NDArray[Any]
    weak: Weights
    strong: Weights

    @property
    def classes(self) -> int:
        """Number of classes; 1 for a regression."""
        return self.weak.shape[1]

    def scorer(self, metric: str, cut: int = 0) -> Scorer:
        """The project's scorer on all rows of the pool."""
        return Scorer(self, metric, cut)


class Scorer:
    """What the project's scorer makes of models on every row of a pool."""

    def __init__(self, setting: Setting, metric: str, cut: int) -> None:
        inputs, outputs = setting.x.shape[1], setting.classes
        fields = {"family": "linear", "inputs": inputs}
        if outputs > 1:
            fields = {"family": "logistic", "inputs": inputs, "outputs": outputs}
        self._architecture = parse_architecture(json.dumps(fields))
        self.metric = parse_metric(metric, self._architecture)
        self.pairing: Pairing = parse_pairing(self.metric, self._architecture, cut)
        y = setting.y.astype(np.float32 if outputs == 1 else np.int64)
        file = write_tensors({"x": setting.x.astype(np.float32), "y": y})
        self.holdout: Holdout = load_holdout(self._architecture, self.metric, file, len(y))

    @cached_property
    def targets(self) -> NDArray[Any]:
        return self.holdout.targets

    def evidence(self, weights: Weights) -> NDArray[Any]:
        tensors = {"layers.0.weight": weights[:-1].T, "layers.0.bias": weights[-1]}
        file = write_tensors({name: np.ascontiguousarray(one, np.float32) for name, one in tensors.items()})
        return evidence(load_model(self._architecture, file), self.holdout, slice(None))

    def qualities(self, weights: Weights) -> NDArray[np.int64]:
        return self.pairing.qualities(self.evidence(weights), self.targets)


def fitted(x: NDArray[np.float64], y: NDArray[Any], strength: float, classes: int) -> Weights:
    model = LogisticRegression(C=strength, max_iter=300).fit(x, y)
    weights = np.zeros((x.shape[1] + 1, classes))
    if classes == 2:
        weights[:-1, 1], weights[-1, 1] = model.coef_[0], model.intercept_[0]
    else:
        weights[:-1, model.classes_], weights[-1, model.classes_] = model.coef_.T, model.intercept_
    return weights


@cache
def classification(name: str) -> Setting:
    drawn = datasets.make_classification
    x, y = {
        "cancer": lambda: datasets.load_breast_cancer(return_X_y=True),
        "digits": lambda: datasets.load_digits(return_X_y=True),
        "synth": lambda: drawn(8000, 20, n_informative=8, n_redundant=4, flip_y=0.04, random_state=3),
        "synth5": lambda: drawn(8000, 30, n_informative=12, n_classes=5, flip_y=0.03, class_sep=1.4, random_state=4),
    }[name]()
    x = (x - x.mean(0)) / (x.std(0) + 1e-9)
    order = np.random.default_rng(0).permutation(len(y))
    x, y, classes = x[order], y[order], int(y.max()) + 1
    half = {"cancer": 240, "digits": 700}.get(name, 2000)
    few = 16 if name == "cancer" else 60
    weak, strong = fitted(x[:few], y[:few], 0.05, classes), fitted(x[:half], y[:half], 0.3, classes)
    return Setting(name, x[half:], y[half:], weak, strong)


@cache
def regression(name: str) -> Setting:
    random = np.random.default_rng(5)
    if name == "diabetes":
        x, y = datasets.load_diabetes(return_X_y=True)
        x, y, half = x / x.std(0), y / y.std(), 220
    else:
        x, half = random.normal(size=(8000, 10)), 2000
        noise = {
            "normal": lambda: random.normal(size=8000),
            "t3": lambda: random.standard_t(3, 8000),
            "lognormal": lambda: random.lognormal(0, 1, 8000),
        }[name]()
        y = x @ random.normal(size=10) * 0.3 + noise
    y = y - y.mean()

    def ridge(rows: int) -> Weights:
        model = Ridge(1.0).fit(x[:rows], y[:rows])
        return np.append(model.coef_, model.intercept_)[:, None]

    return Setting(name, x[half:], y[half:], ridge(30), ridge(half))


CLASSIFICATIONS = ("cancer", "digits", "synth", "synth5")
REGRESSIONS = ("diabetes", "normal", "t3", "lognormal")


def perturbed(random: np.random.Generator, weights: Weights, sigma: float, count: int) -> list[Weights]:
    """Copies with normal noise, of `sigma` times the root mean square of the weights, where there are any."""
    used = np.flatnonzero(np.abs(weights).sum(0))
    spread = sigma * np.sqrt((weights[:, used] ** 2).mean())
    made = np.repeat(weights[None], count, 0)
    made[:, :, used] += random.normal(0, spread, (count, len(weights), len(used)))
    return list(made)


def class_attacks(random: np.random.Generator, weights: Weights) -> list[Weights]:
    """What one can make of a classifier without data: noise, sharper, blunter, both."""
    noisy = [one for sigma in (0.03, 0.1, 0.3, 1.0) for one in perturbed(random, weights, sigma, 100)]
    sharper = [factor * weights for factor in (*np.geomspace(0.3, 0.98, 20), *np.geomspace(1.02, 8, 60))]
    both = [one * random.uniform(1, 4) for one in perturbed(random, weights, 0.1, 60)]
    return [*noisy, *sharper, *both]


def value_attacks(random: np.random.Generator, weights: Weights, spread: float) -> list[Weights]:
    """The same for a regression: noise, a shift of all predictions, larger or smaller slopes."""
    size, bias = np.sqrt((weights[:-1] ** 2).mean()), np.eye(len(weights))[-1][:, None] * spread
    noisy = [weights + random.normal(0, s * size, weights.shape) for s in (0.03, 0.1, 0.3, 1.0) for _ in range(100)]
    shifted = [weights + sign * by * bias for by in np.geomspace(0.01, 0.6, 40) for sign in (-1, 1)]
    return [*noisy, *shifted, *(weights * by for by in np.linspace(0.5, 1.5, 20))]


@dataclass(frozen=True)
class Noise:
    """Models whose true gain is not positive: `gains` by model and row of the pool, and half of what is missing."""

    metric: str
    setting: str
    gains: NDArray[np.int64]
    distance: float
    scorer: Scorer

    @property
    def rows(self) -> int:
        return self.gains.shape[1]


def noise_of(scorer: Scorer, name: str, start: Weights, attacks: list[Weights], perfect: float) -> Noise:
    """Keep of `attacks` those that are truly no better than `start`."""
    initial = scorer.qualities(start)
    gains = np.array([scorer.qualities(one) - initial for one in attacks])
    gains = gains[gains.sum(1) <= 0]
    a_row = scorer.pairing.a_row
    if a_row is None:
        raise ValueError(f"the scale of {scorer.metric.name} depends on the rows drawn")
    distance = (perfect - float(initial.mean()) / a_row.whole) / 2
    return Noise(scorer.metric.name, name, gains, distance, scorer)


def all_noise(random: np.random.Generator) -> Iterator[Noise]:
    """Every metric that is a mean over rows, every setting, weak and strong initial models."""
    for name in CLASSIFICATIONS:
        setting = classification(name)
        for start, weights in (("weak", setting.weak), ("strong", setting.strong)):
            attacks = class_attacks(random, weights)
            for metric in ("accuracy", "brier", "log_loss"):
                scorer = setting.scorer(metric, LOG_LOSS_CUT if metric == "log_loss" else 0)
                made = noise_of(scorer, f"{name} {start}", weights, attacks, float(metric == "accuracy"))
                if len(made.gains) > 8:
                    yield made
    for name in REGRESSIONS:
        setting = regression(name)
        for start, weights in (("weak", setting.weak), ("strong", setting.strong)):
            attacks = value_attacks(random, weights, float(setting.y.std()))
            for metric in ("mse", "mae"):
                scorer = setting.scorer(metric, loss_cut(setting, weights, metric))
                yield noise_of(scorer, f"{name} {start}", weights, attacks, 0.0)


def loss_cut(setting: Setting, weights: Weights, metric: str) -> int:
    """Nine times the initial model's mean square; for `mae`, three times the root of that. In ppm."""
    square = float(np.square(setting.y - (setting.x @ weights[:-1] + weights[-1])[:, 0]).mean())
    return round(PPM * (3 * np.sqrt(square) if metric == "mae" else 9 * square))


def accuracy_of(setting: Setting, weights: Weights) -> float:
    return float(((setting.x @ weights[:-1] + weights[-1]).argmax(1) == setting.y).mean())


def weakened(setting: Setting, gain: float) -> Weights:
    """An initial model, between the weak and the strong one, over which the strong one truly gains so much accuracy."""
    top = accuracy_of(setting, setting.strong)
    ways = [setting.weak + t * (setting.strong - setting.weak) for t in np.linspace(0, 1, 121)[1:]]
    return min(ways, key=lambda one: abs(top - accuracy_of(setting, one) - gain))
