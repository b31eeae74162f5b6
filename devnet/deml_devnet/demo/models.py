"""Models of the demo, made by the CLI's own trainer from CSV files, as clients make theirs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from deml.scoring import parse_architecture, parse_metric
from deml_devnet.demo.data import LABEL
from deml_learn.privacy.budget import Privacy
from deml_learn.privacy.dp_sgd import suggested
from deml_learn.sandbox.seam import Limits, Sandbox
from deml_learn.trainers.contract import Event
from deml_learn.trainers.kinds import builtin
from deml_learn.trainers.run import Order, Trained, run_trainer
from deml_learn.training.improve import improve
from deml_learn.training.model_file import fresh_trainable
from deml_learn.training.rows import Rows, hold_back
from deml_learn.training.settings import Epoch, Settings
from deml_sdk.data.reading import Reading
from deml_sdk.data.tables import read_table

ARCHITECTURE: Final = json.dumps({"family": "logistic", "inputs": 30, "outputs": 1, "standardize": True})
METRIC: Final = "accuracy"

WEAK: Final = Settings(epochs=4, learning_rate=0.01, held_back=0.0)
"""The sponsor stops early, on little data."""

DILIGENT: Final = Settings(epochs=150, learning_rate=0.01)

PRIVATE: Final = Privacy(epsilon=8.0, delta=1e-5)
"""What one clinic is willing to tell of any one patient."""

RUTHLESS: Final = Settings(epochs=400, batch=80, learning_rate=0.1, l2=0.0, held_back=0.0)
"""Until the holdout is known by heart."""


def initial_model(table: Path) -> bytes:
    """Train a first model from nothing."""
    architecture = parse_architecture(ARCHITECTURE)
    rows = read_table(table, Reading(LABEL))
    start = fresh_trainable(architecture, rows.x, WEAK.seed)
    return improve(
        start, parse_metric(METRIC, architecture), Rows(rows.x, rows.y, rows.x[:0], rows.y[:0]), WEAK, _unheard
    )


def trained(
    start: bytes, table: Path, sandbox: Sandbox, settings: Settings = DILIGENT, privacy: Privacy | None = None
) -> Trained:
    """Improve a model on a client's own file, by the built-in trainer in a sandbox, as `deml train` does."""
    architecture = parse_architecture(ARCHITECTURE)
    table_rows = read_table(table, Reading(LABEL))
    rows = hold_back(table_rows.x, table_rows.y, architecture.task, settings.held_back, settings.seed)
    if privacy is not None:
        settings = suggested(len(rows.y))
    order = Order(ARCHITECTURE, parse_metric(METRIC, architecture), rows, settings, start, privacy=privacy)
    return run_trainer(builtin(), order, architecture, sandbox, Limits(), _unheard)


def _unheard(_event: Epoch | Event) -> None:
    """Say nothing of progress."""
