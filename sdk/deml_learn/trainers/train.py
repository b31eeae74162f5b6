"""Train for a job: the use case that the command line, the SDK and the demo share.

training = Training(task, TrainingOptions(privacy=Privacy(4.0, 1e-5)))      # refused here, if it must be
rows = read_rows(task, Path("patients.csv"), Reading(""))
trainer = trainer_of(task, lambda: store, home, {})
made = train_for(training, rows.table, trainer, find_sandbox(), print)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deml_learn.privacy.budget import Privacy
from deml_learn.privacy.split import independent_split
from deml_learn.sandbox.interface import Limits, Sandbox
from deml_learn.trainers.budget import check_spendable, check_terms
from deml_learn.trainers.contract import Event
from deml_learn.trainers.errors import BatchWithBudget
from deml_learn.trainers.kinds import Program, builtin
from deml_learn.trainers.run import Trained, TrainingOrder, run_trainer
from deml_learn.trainers.scripts import fetched_script
from deml_learn.trainers.task import TrainingTask
from deml_learn.training.errors import NoLabel
from deml_learn.training.hyperparameters import PRIVATE, USUAL, Hyperparameters
from deml_learn.training.split import Split, validation_split
from deml_sdk.data.reading import Reading
from deml_sdk.data.tables import Table, check_table, read_table
from deml_sdk.ipfs.content import ContentStore
from deml_sdk.jobspec.check import read_usable


@dataclass(frozen=True, slots=True)
class TrainingOptions:
    """How somebody wants to train: `Hyperparameters`, None for what is usual; float16 if `half`; its limits."""

    epochs: int | None = None
    batch: int | None = None
    learning_rate: float | None = None
    l2: float = USUAL.l2
    validation: float = USUAL.validation
    seed: int = USUAL.seed
    half: bool = False
    privacy: Privacy | None = None
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Training:
    """A training that may take place: a budget that it would not spend, or that the job does not take, is refused.

    Raises
    ------
    PrivacyAsked, TooMuchPrivacyLoss, NoPrivateTraining, BatchWithBudget
    """

    task: TrainingTask
    wishes: TrainingOptions = field(default_factory=TrainingOptions)

    def __post_init__(self) -> None:
        task, privacy = self.task, self.wishes.privacy
        improves = task.initial is not None
        check_terms(task.spec, privacy, improves=improves)
        check_spendable(privacy, task.architecture, ours=task.script is None, improves=improves)
        if privacy is not None and self.wishes.batch is not None:
            raise BatchWithBudget(self.wishes.batch)

    @property
    def hyperparameters(self) -> Hyperparameters:
        """What is wished, and what is usual where nothing is."""
        wishes = self.wishes
        usual = USUAL if wishes.privacy is None else PRIVATE
        return Hyperparameters(
            epochs=usual.epochs if wishes.epochs is None else wishes.epochs,
            batch=usual.batch if wishes.batch is None else wishes.batch,
            learning_rate=usual.learning_rate if wishes.learning_rate is None else wishes.learning_rate,
            l2=wishes.l2,
            validation=wishes.validation,
            seed=wishes.seed,
        )

    def split(self, table: Table) -> Split:
        """Take the validation rows out: by the seed, or with a budget each by a chance of its own."""
        how = self.hyperparameters
        if self.wishes.privacy is not None:
            return independent_split(table.x, table.y, how.validation)
        return validation_split(table.x, table.y, self.task.architecture.task, how.validation, how.seed)


@dataclass(frozen=True, slots=True)
class PrivateRows:
    """Rows that can be trained on, and how many cannot."""

    table: Table
    left_out: int


def read_rows(task: TrainingTask, path: Path, reading: Reading) -> PrivateRows:
    """Read private rows as the specification says, or as `reading` does where it names a label.

    Raises
    ------
    NoLabel
        If neither says which column is predicted.
    UnreadableTable, NoSuchColumn, BadCell, WrongColumnCount, LabelNotAClass, TooFewRows
    """
    left_out = 0
    if reading.label:
        table = read_table(path, reading)
    elif task.spec is not None:
        table, report = read_usable(path, task.spec)
        left_out = report.rows - report.usable
    else:
        raise NoLabel()
    check_table(path, table, task.architecture)
    return PrivateRows(table, left_out)


def trainer_of(task: TrainingTask, store: Callable[[], ContentStore], home: Path, index: Mapping[str, str]) -> Program:
    """Find the trainer that a job names, and install what it needs below `home`.

    Parameters
    ----------
    store
        Opens where files are had from; not called for the built-in trainer.
    index
        Variables that tell pip where packages are, if not at its own index: of `sandbox.prepare.INDEX_SETTINGS`.

    Raises
    ------
    BlockNotFound, BadScript, UnpinnedDependency, NotInstalled, NoSandbox
    """
    return builtin() if task.script is None else fetched_script(store(), task.script, home, index)


def train_for(
    training: Training, table: Table, trainer: Program, sandbox: Sandbox, report: Callable[[Event], None]
) -> Trained:
    """Train a model for a job on private rows; nothing leaves this machine.

    Parameters
    ----------
    report
        Called for everything that the trainer prints.

    Raises
    ------
    TrainerStopped, TrainerFailed, NoModel, OutputRefused, BudgetNotSpent, NoSandbox
    """
    task, wishes = training.task, training.wishes
    order = TrainingOrder(
        task.architecture_text,
        task.metric,
        training.split(table),
        training.hyperparameters,
        task.initial,
        task.spec_file,
        wishes.privacy,
        wishes.half,
        task.max_bytes,
    )
    return run_trainer(trainer, order, task.architecture, sandbox, wishes.limits, report)
