"""Audit a model for who owns its rows: which were learnt from, how it was trained, and what attacks tell of that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from deml.scoring import Architecture, Metric, load_model
from deml_learn.privacy.attack import Audit, LabelledRows, audit
from deml_learn.privacy.errors import TooFewShadows
from deml_learn.privacy.shadows import LEAST_SHADOWS, Recipe, Shadows, train_shadows
from deml_learn.trainers.errors import UnknownSplit
from deml_learn.trainers.record import TrainingRecord
from deml_learn.training.hyperparameters import Hyperparameters
from deml_learn.training.split import validation_split
from deml_sdk.files.model_texts import publishable


@dataclass(frozen=True, slots=True)
class Suspect:
    """A model that is to be audited, and what is known of how it was made.

    Parameters
    ----------
    initial
        What training began with; None where that is not known.
    record
        What was remembered of the training; None where nothing was.
    how
        Split and seed of the training, where there is no record.
    """

    architecture: Architecture
    metric: Metric
    model: bytes
    initial: bytes | None
    record: TrainingRecord | None = None
    how: Hyperparameters = field(default_factory=Hyperparameters)

    def parts(self, mine: LabelledRows, aside: LabelledRows | None = None) -> tuple[LabelledRows, LabelledRows]:
        """Rows trained on, and rows not: `aside`, or validation rows, which are never among the first.

        Raises
        ------
        OtherRows
            If the record is of another table.
        UnknownSplit
            If the model is private, and there is no record of which rows were held back.
        """
        how = self.how
        if self.record is not None:
            split = self.record.split(mine.x, mine.y)
        elif publishable(self.model).promise is not None and (aside is None or how.validation):
            raise UnknownSplit()
        else:
            split = validation_split(mine.x, mine.y, self.architecture.task, how.validation, how.seed)
        others = LabelledRows(split.validation_x, split.validation_y) if aside is None else aside
        return LabelledRows(split.x, split.y), others

    @property
    def recipe(self) -> Recipe:
        """How the model was trained, as far as it is known."""
        record = self.record
        how, privacy = (self.how, None) if record is None else (record.hyperparameters, record.privacy)
        return Recipe(self.architecture, self.metric, self.initial, how, privacy)

    def attacked(self, members: LabelledRows, others: LabelledRows, shadows: Shadows | None = None) -> Audit:
        """Attack it.

        Raises
        ------
        TooFewToJudge
        DemlError
            What is wrong with the files.
        """
        begin = None if self.initial is None else load_model(self.architecture, self.initial)
        return audit(load_model(self.architecture, self.model, begin), begin, members, others, shadows)

    def shadows(
        self, members: LabelledRows, others: LabelledRows, count: int, advance: Callable[[], None], seed: int = 0
    ) -> Shadows:
        """Train models like it to compare with; `advance` is called after each.

        Raises
        ------
        NotTrainable, TrainingDiverged
        """
        x, y = np.concatenate([members.x, others.x]), np.concatenate([members.y, others.y])
        return train_shadows(self.recipe, x, y, count, seed, advance)


def check_shadows(count: int) -> None:
    """Refuse to compare with so few models that nothing could be told.

    Raises
    ------
    TooFewShadows
    """
    if count < LEAST_SHADOWS:
        raise TooFewShadows(count, LEAST_SHADOWS)
