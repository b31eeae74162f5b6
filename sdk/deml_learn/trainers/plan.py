"""What somebody means to train, checked before anything runs: a budget that would not be spent is refused here."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from deml.scoring import Architecture, Metric
from deml_learn.privacy.budget import Privacy
from deml_learn.privacy.split import independent_split
from deml_learn.sandbox.interface import Limits
from deml_learn.trainers.budget import AskedPrivacy, check_spendable, check_terms
from deml_learn.trainers.errors import BatchWithBudget
from deml_learn.trainers.run import TrainingOrder
from deml_learn.training.hyperparameters import PRIVATE, USUAL, Hyperparameters
from deml_learn.training.network import Array
from deml_learn.training.split import Split, validation_split


class TaskAtHand(Protocol):
    """What there is to train for: a job's terms, files and wishes."""

    @property
    def architecture_text(self) -> str:
        """The architecture as in the terms."""
        ...

    @property
    def architecture(self) -> Architecture:
        """Shape of the model."""
        ...

    @property
    def metric(self) -> Metric:
        """What the job scores by."""
        ...

    @property
    def initial(self) -> bytes | None:
        """File of the initial model; None while a sponsor is making it."""
        ...

    @property
    def spec_file(self) -> bytes | None:
        """File of the specification, if there is one."""
        ...

    @property
    def script(self) -> str | None:
        """CID of the script that the job names as its trainer; None for the built-in one."""
        ...

    @property
    def asked_privacy(self) -> AskedPrivacy | None:
        """The most that the job lets its clients give away; None if it does not ask."""
        ...

    @property
    def max_bytes(self) -> int:
        """Largest model file that the job takes."""
        ...


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

    task: TaskAtHand
    wishes: TrainingOptions = field(default_factory=TrainingOptions)

    def __post_init__(self) -> None:
        task, privacy = self.task, self.wishes.privacy
        improves = task.initial is not None
        check_terms(task.asked_privacy, privacy, improves=improves)
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

    def order(self, x: Array, y: Array) -> TrainingOrder:
        """What a trainer is told: the rows, split for validation, and how to learn from them."""
        task, how = self.task, self.hyperparameters
        return TrainingOrder(
            task.architecture_text,
            task.metric,
            self.split(x, y),
            how,
            task.initial,
            task.spec_file,
            self.wishes.privacy,
            self.wishes.half,
            task.max_bytes,
        )

    def split(self, x: Array, y: Array) -> Split:
        """Take the validation rows out: by the seed, or with a budget each by a chance of its own."""
        how = self.hyperparameters
        if self.wishes.privacy is not None:
            return independent_split(x, y, how.validation)
        return validation_split(x, y, self.task.architecture.task, how.validation, how.seed)
