"""What the sandbox costs: the built-in trainer inside and bare, in turn, as ratios of their times.

Start-up is a program that does nothing; training is the built-in trainer on drawn rows.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from statistics import median

import numpy as np

from deml.scoring import parse_architecture, parse_metric
from deml_learn.sandbox.find import find_sandbox
from deml_learn.sandbox.interface import Confined, Limits, Sandbox
from deml_learn.sandbox.python import interpreter, python_environment, python_mounts
from deml_learn.sandbox.unconfined import Unconfined
from deml_learn.trainers.kinds import builtin
from deml_learn.trainers.run import TrainingOrder, run_trainer
from deml_learn.training.hyperparameters import Hyperparameters
from deml_learn.training.split import validation_split

ARCHITECTURE = {"family": "mlp", "task": "classification", "inputs": 30, "hidden": [32], "outputs": 2}
ROWS = 4_000
RUNS = 5


def nothing(sandbox: Sandbox) -> None:
    argv = (interpreter(), "-c", "pass")
    confined = Confined(argv, mounts=python_mounts(), environment=python_environment())
    sandbox.run(confined, lambda _: None)


def training(epochs: int) -> Callable[[Sandbox], None]:
    random = np.random.default_rng(0)
    x = random.normal(size=(ROWS, 30))
    y = (x[:, 0] * x[:, 1] > 0).astype(float)
    architecture = parse_architecture(json.dumps(ARCHITECTURE))
    rows = validation_split(x, y, architecture.task, 0.2, 0)
    metric = parse_metric("accuracy", architecture)
    order = TrainingOrder(json.dumps(ARCHITECTURE), metric, rows, Hyperparameters(epochs=epochs))

    def train(sandbox: Sandbox) -> None:
        run_trainer(builtin(), order, architecture, sandbox, Limits(), lambda _: None)

    return train


def seconds(work: Callable[[Sandbox], None], sandbox: Sandbox) -> float:
    begun = time.perf_counter()
    work(sandbox)
    return time.perf_counter() - begun


def main() -> None:
    inside, bare = find_sandbox(), Unconfined()
    print(f"{inside.name}; medians of {RUNS} runs in turn, seconds")
    print(f"{'':34}{'bare':>8}{'inside':>8}{'ratio':>8}")
    works = {
        "a program that does nothing": nothing,
        "training, 1 epoch": training(1),
        "training, 60 epochs": training(60),
    }
    for name, work in works.items():
        pairs = [(seconds(work, bare), seconds(work, inside)) for _ in range(RUNS)]
        alone, confined = (median(one) for one in zip(*pairs, strict=True))
        print(f"{name:34}{alone:8.2f}{confined:8.2f}{confined / alone:8.2f}")


if __name__ == "__main__":
    main()
