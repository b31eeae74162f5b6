"""Models of the demo, made by the CLI's own trainer from CSV files, as clients make theirs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

from deml.scoring import parse_architecture, parse_metric
from deml_cli.training.improve import improve
from deml_cli.training.model_file import fresh_trainable, read_trainable
from deml_cli.training.reading import Reading
from deml_cli.training.rows import Rows, hold_back
from deml_cli.training.settings import Epoch, Settings
from deml_cli.training.tables import read_table
from deml_devnet.demo.data import LABEL

ARCHITECTURE: Final = json.dumps({"family": "logistic", "inputs": 30, "outputs": 1, "standardize": True})
METRIC: Final = "accuracy"

WEAK: Final = Settings(epochs=4, learning_rate=0.01, held_back=0.0)
"""The sponsor stops early, on little data."""

DILIGENT: Final = Settings(epochs=150, learning_rate=0.01)

RUTHLESS: Final = Settings(epochs=400, batch=80, learning_rate=0.1, l2=0.0, held_back=0.0)
"""Until the holdout is known by heart."""


def initial_model(table: Path) -> bytes:
    """Train a first model from nothing."""
    architecture = parse_architecture(ARCHITECTURE)
    rows = read_table(table, Reading(LABEL))
    start = fresh_trainable(architecture, rows.x, WEAK.seed)
    return improve(
        start, parse_metric(METRIC, architecture), Rows(rows.x, rows.y, rows.x[:0], rows.y[:0]), WEAK, _quietly
    )


def trained(start: bytes, table: Path, settings: Settings = DILIGENT) -> bytes:
    """Improve a model on a client's own file."""
    architecture = parse_architecture(ARCHITECTURE)
    trainable = read_trainable(architecture, start)
    metric = parse_metric(METRIC, architecture)
    rows = read_table(table, Reading(LABEL))
    parts = hold_back(rows.x, rows.y, architecture.task, settings.held_back, settings.seed)
    return improve(trainable, metric, parts, settings, _quietly)


def _quietly(_epoch: Epoch) -> None:
    """Say nothing of progress."""
