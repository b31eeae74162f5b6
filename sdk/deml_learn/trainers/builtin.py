"""The built-in trainer as a program: ``python -m deml_learn.trainers.builtin``, inside a sandbox like any other."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np

from deml.base.errors import DemlError
from deml.scoring import Architecture, parse_architecture, parse_metric
from deml.scoring.families.trees import Trees
from deml_learn.privacy.budget import Privacy, Spent
from deml_learn.trainers import contract
from deml_learn.trainers.errors import NoPrivateTraining
from deml_learn.training.epoch import TrainingEpoch
from deml_learn.training.hyperparameters import Hyperparameters
from deml_learn.training.improve import improve
from deml_learn.training.model_file import fresh_trainable, read_trainable
from deml_learn.training.split import Split
from deml_sdk.advice import advice_of
from deml_sdk.jobspec.private_training import PRIVATE_FAMILIES, trains_privately


def main() -> int:
    """Train as the folders say; a failure that has a name is told in words."""
    job, data, out = (Path(os.environ.get(name, default)) for name, default in contract.FOLDERS)
    try:
        (out / contract.MODEL).write_bytes(trained(job, data))
    except DemlError as error:
        print(f"{error} {advice_of(error)}", file=sys.stderr)
        return 1
    return 0


def trained(job: Path, data: Path) -> bytes:
    """Train as the folders of the job and of the rows say, and write the model.

    Raises
    ------
    NoPrivateTraining
        If there is a budget that this model's training would not spend.
    DemlError
        What else is in the way.
    """
    architecture = parse_architecture((job / contract.ARCHITECTURE).read_text("utf-8"))
    hyperparameters = json.loads((job / contract.HYPERPARAMETERS).read_text("utf-8"))
    rows = Split(*(np.load(data / name) for name in contract.ARRAYS))
    if hyperparameters["privacy"] is not None and not trains_privately(architecture):
        raise NoPrivateTraining(f"noise is added to {PRIVATE_FAMILIES} alone, and this is another model")
    if isinstance(architecture, Trees):
        from deml_learn.training.forests import grow

        return grow(architecture, rows.x, rows.y, hyperparameters["seed"])
    return _improved(job, architecture, hyperparameters, rows)


def _improved(job: Path, architecture: Architecture, hyperparameters: dict[str, Any], rows: Split) -> bytes:
    initial = job / contract.INITIAL
    if initial.exists():
        start = read_trainable(architecture, initial.read_bytes())
    else:
        start = fresh_trainable(architecture, rows.x, hyperparameters["seed"])
    how = Hyperparameters(**{one.name: hyperparameters[one.name] for one in fields(Hyperparameters)})
    if hyperparameters["privacy"] is None:
        metric = parse_metric(hyperparameters["metric"], architecture)
        return improve(start, metric, rows, how, _tell, hyperparameters["half"])

    from deml_learn.privacy.dp_sgd import train_privately

    x = start.standardizer.apply(rows.x)
    network, spent = train_privately(start.network, x, rows.y, how, Privacy(**hyperparameters["privacy"]), _tell)
    _tell_spent(spent)
    return start.with_network(network).file(hyperparameters["half"])


def _tell(epoch: TrainingEpoch) -> None:
    told = {"event": "progress", "epoch": epoch.number, "of": epoch.total, "loss": epoch.loss, "score": epoch.score}
    print(json.dumps(told), flush=True)


def _tell_spent(spent: Spent) -> None:
    counted = {"epsilon": spent.epsilon, "delta": spent.delta, "noise": spent.noise_multiplier}
    print(json.dumps({"event": "privacy", **counted, "accountant": spent.accountant}), flush=True)


if __name__ == "__main__":
    sys.exit(main())
