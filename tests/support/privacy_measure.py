"""How much training really gives away, measured: many trainings on neighbours, the way that `deml train` goes."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import inf, log

import numpy as np
from scipy.stats import beta

from deml.scoring import parse_architecture, parse_metric
from deml.scoring.safetensors import read_tensors, write_tensors
from deml.scoring.task import Task as Kind
from deml_learn.privacy.budget import Privacy
from deml_learn.trainers.in_process import InThisProcess
from deml_learn.trainers.kinds import builtin
from deml_learn.trainers.plan import Training, TrainingOptions
from deml_learn.trainers.task import TrainingTask
from deml_learn.trainers.train import train_for
from deml_learn.training.hyperparameters import USUAL
from deml_learn.training.split import validation_split
from deml_sdk.data.tables import Table

ROWS = 494
"""Rows of the smaller data set: with so many, one more moves 109 to 113 others across the seed's split."""

SMALL_WEIGHT = 1e-3

FAINT = 2.0
"""Size of a feature with which a row's gradient is as long as it may be, and the row is not soon learnt."""


@dataclass(frozen=True)
class Family:
    """What is trained: the job, and whether rows push the model by their features or by their labels."""

    fields: dict[str, object]
    classes: bool

    @property
    def task(self) -> TrainingTask:
        text = json.dumps(self.fields)
        architecture = parse_architecture(text)
        return TrainingTask(text, parse_metric("accuracy" if self.classes else "r2", architecture), self._start())

    def _start(self) -> bytes:
        hidden = self.fields.get("hidden", [])
        assert isinstance(hidden, list)
        tensors = {}
        for index, (fan_in, fan_out) in enumerate(pairwise([2, *hidden, 1])):
            tensors[f"layers.{index}.weight"] = np.full((fan_out, fan_in), SMALL_WEIGHT, np.float32)
            tensors[f"layers.{index}.bias"] = np.full(fan_out, SMALL_WEIGHT, np.float32)
        return write_tensors(tensors)

    def table(self, *, one_more: bool) -> Table:
        """Rows 0 to `ROWS` - 1, and one more: neighbours are these two.

        The one more has a feature of its own, whose weight nothing else moves, and pushes it as far as a row may. The
        others push the other weight up or down, as who knows the code would have it: those that the seed's split
        learns from in the smaller data set alone push up, those in the larger one alone push down.
        """
        count = ROWS + one_more
        labels = (np.arange(ROWS + 1) % 2).astype(np.float64)
        learnt = [set(self._learnt(labels[:rows])) for rows in (ROWS, ROWS + 1)]
        pushes = np.array([_push(row, *learnt) for row in range(ROWS)] + [0], np.float64)
        x, y = np.zeros((ROWS + 1, 2)), labels
        if self.classes:
            x[:, 0] = FAINT * pushes * (2 * labels - 1)
            x[ROWS, 1], y[ROWS] = FAINT, 1
        else:
            x[:, 0], y = 10 * np.abs(pushes), 1e6 * pushes
            x[ROWS, 1], y[ROWS] = 1e3, 1e9
        return Table(x[:count], y[:count], ("one", "other"))

    def _learnt(self, labels: np.ndarray) -> np.ndarray:
        kind = Kind.CLASSIFICATION if self.classes else Kind.REGRESSION
        split = validation_split(np.arange(len(labels))[:, None], labels, kind, USUAL.validation, USUAL.seed)
        return split.x[:, 0]


def _push(row: int, smaller: set[int], larger: set[int]) -> int:
    """Rows that the seed's split treats alike take no part."""
    return (row in smaller) - (row in larger)


FAMILIES = {
    "linear": Family({"family": "linear", "inputs": 2}, classes=False),
    "logistic": Family({"family": "logistic", "inputs": 2, "outputs": 1}, classes=True),
    "mlp": Family({"family": "mlp", "task": "regression", "inputs": 2, "hidden": [2], "outputs": 1}, classes=False),
}
"""Every family that takes a budget."""


def models(family: Family, privacy: Privacy, trials: int, *, one_more: bool) -> np.ndarray:
    """Train so often, with all that is usual; numbers of each model, a row each."""
    training, table = Training(family.task, TrainingOptions(privacy=privacy)), family.table(one_more=one_more)
    sandbox, found = InThisProcess(), []
    for _ in range(trials):
        made = train_for(training, table, builtin(), sandbox, lambda _: None)
        found.append(np.concatenate([one.ravel() for _, one in sorted(read_tensors(made.file).items())]))
    return np.array(found, np.float64)


@dataclass(frozen=True)
class Measured:
    """The least epsilon that explains what was seen, with a given confidence."""

    epsilon: float
    trials: int
    confidence: float


def measure(family: Family, privacy: Privacy, trials: int, confidence: float) -> Measured:
    """Train on both neighbours, learn from half of the models how to tell them apart, and try it on the others."""
    without, with_it = (models(family, privacy, trials, one_more=one_more) for one_more in (False, True))
    return Measured(lower_bound(without, with_it, privacy.delta, confidence), 2 * trials, confidence)


def lower_bound(without: np.ndarray, with_it: np.ndarray, delta: float, confidence: float) -> float:
    """Bound epsilon from below: by the rule that tells the first halves apart best, judged on the second halves.

    Whoever tells two neighbours apart with a rate of true positives T at a rate of false positives F shows that
    T <= e^epsilon F + delta (Kairouz et al., 2015); each rate is bounded exactly (Clopper and Pearson, 1934).
    """
    half = len(without) // 2
    scores = _scores(without[:half], with_it[:half])
    a, b, c, d = (scores(one) for one in (without[:half], with_it[:half], without[half:], with_it[half:]))
    candidates = np.unique(np.concatenate([a, b]))
    threshold = max(candidates, key=lambda one: _bound(a, b, one, delta, 0.5))
    return max(0.0, _bound(c, d, threshold, delta, confidence))


def _scores(without: np.ndarray, with_it: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    """Along which direction the means differ, in standard deviations (Fisher, by numbers that are independent)."""
    spread = np.sqrt((without.var(axis=0) + with_it.var(axis=0)) / 2) + 1e-12
    direction = (with_it.mean(axis=0) - without.mean(axis=0)) / spread**2
    return lambda found: found @ direction


def _bound(without: np.ndarray, with_it: np.ndarray, threshold: float, delta: float, confidence: float) -> float:
    wrong, right = int((without > threshold).sum()), int((with_it > threshold).sum())
    count, level = len(without), (1 - confidence) / 2
    most_wrong, least_right = _most(wrong, count, level), 1 - _most(count - right, count, level)
    most_missed, least_kept = _most(count - right, count, level), 1 - _most(wrong, count, level)
    return max(_log((least_right - delta) / most_wrong), _log((least_kept - delta) / most_missed))


def _most(hits: int, count: int, level: float) -> float:
    return 1.0 if hits == count else float(beta.ppf(1 - level, hits + 1, count - hits))


def _log(ratio: float) -> float:
    return log(ratio) if ratio > 0 else -inf
