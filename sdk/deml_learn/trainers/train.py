"""Train for a job: the use case that the command line, the SDK and the demo share.

training = Training(task, TrainingOptions(privacy=Privacy(4.0, 1e-5)))      # refused here, if it must be
rows = read_rows(task, Path("patients.csv"), Reading(""))
trainer = trainer_of(task, lambda: store, home, {})
made = train_for(training, rows.table, trainer, find_sandbox(), print)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import gettempdir

from deml_learn.sandbox.interface import Sandbox
from deml_learn.trainers.contract import TrainerEvent
from deml_learn.trainers.kinds import Program, builtin
from deml_learn.trainers.plan import Training
from deml_learn.trainers.run import Trained, run_trainer
from deml_learn.trainers.scripts import fetched_script
from deml_learn.trainers.task import TrainingTask
from deml_sdk.data.reading import Reading
from deml_sdk.data.tables import Table
from deml_sdk.errors import StorageUnavailable
from deml_sdk.files.room import needing_room
from deml_sdk.ipfs.content import ContentStore
from deml_sdk.jobspec.own_rows import OwnRows, read_own_rows
from deml_sdk.outages import through_outages
from deml_sdk.progress import SILENT, Observer


def read_rows(task: TrainingTask, path: Path, reading: Reading) -> OwnRows:
    """Read private rows as the task's specification says, or as `reading` does where it says something else.

    Raises
    ------
    NoLabel
        If neither says which column is predicted.
    NotInSpec, NoUsableRow
    UnreadableTable, NoSuchColumn, BadCell, WrongColumnCount, LabelNotAClass, TooFewRows
    """
    return read_own_rows(path, task.architecture, task.spec, reading)


def trainer_of(
    task: TrainingTask,
    store: Callable[[], ContentStore],
    home: Path,
    index: Mapping[str, str],
    observer: Observer = SILENT,
) -> Program:
    """Find the trainer that a job names, and install what it needs below `home`.

    Parameters
    ----------
    store
        Opens where files are had from; not called for the built-in trainer.
    index
        Variables that tell pip where packages are, if not at its own index: of `sandbox.prepare.INDEX_SETTINGS`.
    observer
        Told of outages that are waited for.

    Raises
    ------
    BlockNotFound, BadScript, UnpinnedDependency, NotInstalled, NoSandbox
    """
    return builtin() if task.script is None else fetched_script(store(), task.script, home, index, observer)


def train_for(
    training: Training,
    table: Table,
    trainer: Program,
    sandbox: Sandbox,
    report: Callable[[TrainerEvent], None],
    observer: Observer = SILENT,
) -> Trained:
    """Train a model for a job on private rows; nothing leaves this machine. For room on the disk it waits.

    Parameters
    ----------
    report
        Called for everything that the trainer prints.
    observer
        Told of outages that are waited for.

    Raises
    ------
    TrainerStopped, TrainerFailed, NoModel, OutputRefused, BudgetNotSpent, NoSandbox
    """
    order, wishes = training.order(table.x, table.y), training.wishes

    def attempt() -> Trained:
        with needing_room(Path(gettempdir())):
            return run_trainer(trainer, order, training.task.architecture, sandbox, wishes.limits, report)

    return through_outages(attempt, observer, of=(StorageUnavailable,))
