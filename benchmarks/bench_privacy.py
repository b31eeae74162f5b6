"""Accuracy against epsilon on real data, and what a membership-inference attack finds before and after.

Each data set is split anew for every seed: a few rows make the public initial model, a part is the holdout, the rest is
private. The baseline is the built-in trainer without privacy. Seeds repeat noise and samples here, which is what a
measurement needs and a client must never do. Writes a table in Markdown.

    python benchmarks/bench_privacy.py [SEEDS [NAME]]
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np
from sklearn.datasets import load_breast_cancer, load_digits, load_wine
from sklearn.model_selection import train_test_split

from deml.scoring import Model, load_model, parse_architecture, parse_metric
from deml_learn.privacy.attack import LabelledRows, audit
from deml_learn.privacy.budget import Privacy
from deml_learn.privacy.dp_sgd import train_privately
from deml_learn.training.hyperparameters import PRIVATE, Hyperparameters
from deml_learn.training.model_file import Trainable, fresh_trainable
from deml_learn.training.network import Array
from deml_learn.training.trainer import train
from deml_sdk.data.holdout import data_file, score_files
from tests.support.seeded_randomness import SeededRandomness

EPSILONS = (8.0, 4.0, 2.0, 1.0, 0.5)
DELTA = 1e-5
HELD_OUT = 0.3

ATTACK = "likelihood ratio"
"""One attack for the whole table: the best of several would look better than chance by luck alone."""

OVERFITTING = Hyperparameters(epochs=300, batch=32, learning_rate=0.01, l2=0.0)
"""Without privacy and without rows held back to choose by: long enough to learn rows by heart."""


@dataclass(frozen=True)
class Case:
    """A data set, its model, how many rows make the initial model, and which part of the others has a wrong label."""

    name: str
    load: Callable[[], Any]
    fields: dict[str, Any]
    public: int
    mislabelled: float = 0.0


DIGITS = {"family": "mlp", "task": "classification", "inputs": 64, "hidden": [32], "outputs": 10}

CASES = (
    Case("breast cancer", load_breast_cancer, {"family": "logistic", "inputs": 30, "outputs": 1}, 40),
    Case("digits", load_digits, DIGITS, 100),
    Case("wine", load_wine, {"family": "logistic", "inputs": 13, "outputs": 3}, 20),
    Case("digits, a fifth mislabelled", load_digits, DIGITS, 100, mislabelled=0.2),
)


@dataclass(frozen=True)
class Trial:
    """One split: public, private, held-out rows; `others` are the held-out ones, with labels as bad as the private."""

    start: Trainable
    private: LabelledRows
    held: LabelledRows
    others: LabelledRows

    def accuracy(self, model: Trainable) -> float:
        """Score as the dapp does, as a fraction."""
        metric = parse_metric("accuracy", self.start.architecture)
        holdout = data_file(self.start.architecture, self.held.x, self.held.y)
        return score_files(self.start.architecture, metric, model.file(), holdout, len(self.held.y)) / 1e6

    def trained(self, epsilon: float, seed: int) -> Trainable:
        """Train without privacy (infinity: the built-in trainer's way), or with it."""
        x = self.start.standardizer.apply(self.private.x)
        if epsilon == inf:
            return self.start.with_network(train(self.start.network, x, self.private.y, OVERFITTING, None, _quiet))
        made, _ = train_privately(
            *(self.start.network, x, self.private.y, PRIVATE, Privacy(epsilon, DELTA)),
            *(_quiet, SeededRandomness(seed)),
        )
        return self.start.with_network(made)

    def leak(self, model: Trainable) -> tuple[float, float]:
        """AUC of the likelihood-ratio attack, and the part of the private rows recognised at 1 % false alarms."""
        loaded: list[Model] = [load_model(self.start.architecture, one.file()) for one in (model, self.start)]
        found = audit(loaded[0], loaded[1], self.private, self.others)
        outcome = found.outcomes[ATTACK]
        return outcome.auc.value, outcome.recognised[0.01].value


def trial(case: Case, seed: int) -> Trial:
    """Split a data set, and make the initial model of its public rows."""
    data = case.load()
    x, y = data.data.astype(np.float64), data.target.astype(np.float64)
    rest_x, held_x, rest_y, held_y = train_test_split(x, y, test_size=HELD_OUT, random_state=seed, stratify=y)
    private_x, public_x, private_y, public_y = train_test_split(
        rest_x, rest_y, test_size=case.public, random_state=seed, stratify=rest_y
    )
    architecture = parse_architecture(json.dumps(case.fields | {"standardize": True}))
    blank = fresh_trainable(architecture, public_x, seed)
    few = Hyperparameters(epochs=5, batch=8, learning_rate=0.01)
    begun = train(blank.network, blank.standardizer.apply(public_x), public_y, few, None, _quiet)
    random = np.random.default_rng(seed)
    private, others = (
        LabelledRows(one, _mislabelled(labels, case.mislabelled, random))
        for one, labels in ((private_x, private_y), (held_x, held_y))
    )
    return Trial(blank.with_network(begun), private, LabelledRows(held_x, held_y), others)


def _mislabelled(y: Array, part: float, random: np.random.Generator) -> Array:
    """Give a part of the rows another class."""
    classes = int(y.max()) + 1
    wrong = random.random(len(y)) < part
    return np.where(wrong, (y + random.integers(1, classes, len(y))) % classes, y)


def rows(seeds: int, name: str | None = None) -> Iterator[str]:
    """Lines of the table."""
    names = ["initial model", "no privacy", *(f"epsilon {one:g}" for one in EPSILONS)]
    yield "| data | private rows | measure | " + " | ".join(names) + " |"
    yield "|---" * (3 + len(names)) + "|"
    for case in CASES:
        if name not in (None, case.name):
            continue
        trials = [trial(case, seed) for seed in range(seeds)]
        accuracies, areas, recognised = [], [], []
        for epsilon in (None, inf, *EPSILONS):
            models = [one.start if epsilon is None else one.trained(epsilon, seed) for seed, one in enumerate(trials)]
            accuracies.append([one.accuracy(model) for one, model in zip(trials, models, strict=True)])
            leaks = [one.leak(model) for one, model in zip(trials, models, strict=True)]
            areas.append([area for area, _ in leaks])
            recognised.append([part for _, part in leaks])
        count = len(trials[0].private.y)
        yield f"| {case.name} | {count} | accuracy | " + " | ".join(map(_spread, accuracies)) + " |"
        yield "| | | attack's AUC | " + " | ".join(map(_spread, areas)) + " |"
        yield "| | | recognised at 1 % | " + " | ".join(map(_spread, recognised)) + " |"


def _spread(values: list[float]) -> str:
    return f"{np.mean(values):.3f} ± {np.std(values, ddof=1):.3f}"


def _quiet(_epoch: object) -> None:
    pass


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    for line in rows(count, sys.argv[2] if len(sys.argv) > 2 else None):
        print(line, flush=True)
