"""Train for a job of the marketplace: what `deml_sdk.Client.train` calls."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from deml_learn.sandbox.find import find_sandbox
from deml_learn.sandbox.interface import Sandbox
from deml_learn.trainers.contract import TrainerEvent
from deml_learn.trainers.plan import Training, TrainingOptions
from deml_learn.trainers.run import Trained
from deml_learn.trainers.task import task_of_job
from deml_learn.trainers.train import read_rows, train_for, trainer_of
from deml_sdk.data.reading import Reading
from deml_sdk.market.view import Job
from deml_sdk.roles.account import AccountClient


def train(
    client: AccountClient,
    job: Job,
    data: Path,
    reading: Reading,
    *,
    sandbox: Sandbox | None = None,
    report: Callable[[TrainerEvent], None] = lambda _: None,
    index: Mapping[str, str] = MappingProxyType({}),
    **wishes: Any,
) -> Trained:
    """Train a model for a job on private rows; nothing leaves this machine.

    Parameters
    ----------
    data
        CSV with a header, Parquet, Arrow, Feather or npz.
    reading
        How it is read, where the job has no specification.
    sandbox
        Where the trainer runs; None for the one of this machine.
    report
        Called for everything that the trainer prints.
    index
        Where packages are that a trainer asks for, as `trainer_of` has it.
    wishes
        As `TrainingOptions` has them.

    Raises
    ------
    NoSandbox, SandboxLeaks
    PrivacyAsked, TooMuchPrivacyLoss, NoPrivateTraining, BatchWithBudget
        If the budget does not suit the job.
    TrainerStopped, TrainerFailed, NoModel, OutputRefused
    """
    task = task_of_job(client, job)
    training = Training(task, TrainingOptions(**wishes))
    table = read_rows(task, data, reading).table
    trainer = trainer_of(task, lambda: client.content, client.home, index, client.observer)
    walls = find_sandbox() if sandbox is None else sandbox
    return train_for(training, table, trainer, walls, report, client.observer)
