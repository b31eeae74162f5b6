"""Models of the demo, made by the CLI's own trainer from CSV files, as clients make theirs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deml.scoring import parse_architecture, parse_metric
from deml_devnet.demo.data import LABEL
from deml_learn.privacy.budget import Privacy
from deml_learn.sandbox.interface import Sandbox
from deml_learn.trainers.contract import TrainerEvent
from deml_learn.trainers.kinds import builtin
from deml_learn.trainers.plan import Training, TrainingOptions
from deml_learn.trainers.run import Trained
from deml_learn.trainers.task import TrainingTask
from deml_learn.trainers.train import read_rows, train_for
from deml_learn.training.epoch import TrainingEpoch
from deml_learn.training.hyperparameters import Hyperparameters
from deml_learn.training.improve import improve
from deml_learn.training.model_file import fresh_trainable
from deml_learn.training.split import Split
from deml_sdk.data.reading import Reading
from deml_sdk.data.tables import read_table

ARCHITECTURE: Final = json.dumps({"family": "logistic", "inputs": 30, "outputs": 1, "standardize": True})
METRIC: Final = "brier"

WEAK: Final = Hyperparameters(epochs=4, learning_rate=0.01, validation=0.0)
"""The sponsor stops early, on little data."""

DILIGENT: Final = TrainingOptions(epochs=150, learning_rate=0.01)

PRIVATE: Final = TrainingOptions(privacy=Privacy(epsilon=8.0, delta=1e-5))
"""With what one clinic is willing to tell of any one patient."""

RUTHLESS: Final = TrainingOptions(epochs=400, batch=80, learning_rate=0.1, l2=0.0, validation=0.0)
"""Until the holdout is known by heart."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What models are made for: their architecture, as the terms have it, and the column to predict."""

    architecture: str
    label: str


TUMOURS: Final = Problem(ARCHITECTURE, LABEL)


def initial_model(table: Path, problem: Problem = TUMOURS, effort: Hyperparameters = WEAK) -> bytes:
    """Train a first model from nothing."""
    architecture = parse_architecture(problem.architecture)
    rows = read_table(table, Reading(problem.label))
    start = fresh_trainable(architecture, rows.x, effort.seed)
    return improve(
        start, parse_metric(METRIC, architecture), Split(rows.x, rows.y, rows.x[:0], rows.y[:0]), effort, _unheard
    )


def trained(
    start: bytes,
    table: Path,
    sandbox: Sandbox,
    wishes: TrainingOptions = DILIGENT,
    problem: Problem = TUMOURS,
) -> Trained:
    """Improve a model on a client's own file, by the built-in trainer in a sandbox, as `deml train` does."""
    metric = parse_metric(METRIC, parse_architecture(problem.architecture))
    task = TrainingTask(problem.architecture, metric, start)
    rows = read_rows(task, table, Reading(problem.label))
    return train_for(Training(task, wishes), rows.table, builtin(), sandbox, _unheard)


def _unheard(_event: TrainingEpoch | TrainerEvent) -> None:
    """Say nothing of progress."""
