"""Shadow models: trained like the one that is attacked, with and without each row (Carlini et al., 2022, "LiRA")."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring import Architecture, Metric, load_model
from deml.scoring.families.trees import Trees
from deml_learn.privacy.budget import Privacy
from deml_learn.privacy.dp_sgd import train_privately
from deml_learn.privacy.signals import signals
from deml_learn.privacy.split import independent_split
from deml_learn.training.hyperparameters import Hyperparameters
from deml_learn.training.model_file import fresh_trainable, read_trainable
from deml_learn.training.network import Array
from deml_learn.training.split import Split, validation_split

LEAST_SHADOWS: Final = 8
"""With fewer, most rows are seen too rarely on either side."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a model is trained; `initial` is None where it began with nothing."""

    architecture: Architecture
    metric: Metric
    initial: bytes | None
    hyperparameters: Hyperparameters
    privacy: Privacy | None = None

    def split(self, x: Array, y: Array) -> Split:
        """Take validation rows out, as training does."""
        how = self.hyperparameters
        if self.privacy is not None:
            return independent_split(x, y, how.validation)
        return validation_split(x, y, self.architecture.task, how.validation, how.seed)

    def train(self, rows: Split) -> bytes:
        """Train on rows as the built-in trainer does.

        Raises
        ------
        NotTrainable, TrainingDiverged
        """
        how = self.hyperparameters
        if isinstance(self.architecture, Trees):
            from deml_learn.training.forests import grow

            return grow(self.architecture, rows.x, rows.y, how.seed)
        start = (
            fresh_trainable(self.architecture, rows.x, how.seed)
            if self.initial is None
            else read_trainable(self.architecture, self.initial)
        )
        if self.privacy is None:
            from deml_learn.training.improve import improve

            return improve(start, self.metric, rows, how, _unheard)
        x = start.standardizer.apply(rows.x)
        network, _ = train_privately(start.network, x, rows.y, how, self.privacy, _unheard)
        return start.with_network(network).file()


@dataclass(frozen=True, slots=True)
class Shadows:
    """Confidence of each shadow model in each row, and whether it had learnt from that row: models by rows."""

    confidence: Array
    learnt: NDArray[np.bool_]

    def distance(self, confidence: Array) -> Array:
        """How much likelier a confidence in each row is if the row was learnt from: the logarithm of the ratio.

        Confidences with and without a row are taken to be normal around a mean of its own; the two spreads are those
        of all rows together, since no row is seen often enough for its own.
        """
        inside = np.where(self.learnt, self.confidence, np.nan)
        outside = np.where(self.learnt, np.nan, self.confidence)
        made: Array = _log_density(inside, confidence) - _log_density(outside, confidence)
        return np.nan_to_num(made, nan=0.0)


def train_shadows(recipe: Recipe, x: Array, y: Array, count: int, seed: int, advance: Callable[[], None]) -> Shadows:
    """Train models on random halves of rows.

    Parameters
    ----------
    x, y
        All rows that are judged, learnt from or not.
    count
        How many models; `LEAST_SHADOWS` at least.
    seed
        Of the halves, and of the trainings that have a seed.
    advance
        Called after each model.

    Raises
    ------
    NotTrainable, TrainingDiverged
    """
    random = np.random.default_rng(seed)
    begin = None if recipe.initial is None else load_model(recipe.architecture, recipe.initial)
    confidence, learnt = np.empty((count, len(y))), np.zeros((count, len(y)), bool)
    for number in range(count):
        half = np.sort(random.permutation(len(y))[: len(y) // 2])
        one = replace(recipe, hyperparameters=replace(recipe.hyperparameters, seed=seed + number))
        split = one.split(x[half], y[half])
        model = load_model(recipe.architecture, one.train(split), begin)
        confidence[number] = signals(model, x, y).confidence
        learnt[number, np.delete(half, split.validation_rows)] = True
        advance()
    return Shadows(confidence, learnt)


def _log_density(known: Array, found: Array) -> Array:
    """Logarithm of the density of `found`, a row each, but for a constant; NaN for rows that are not known twice."""
    seen = np.count_nonzero(~np.isnan(known), axis=0)
    middle = np.nansum(known, axis=0) / np.where(seen > 0, seen, 1)
    freedom = max(1, int(np.maximum(seen - 1, 0).sum()))
    spread = np.sqrt(np.nansum((known - middle) ** 2) / freedom) + np.finfo(np.float64).tiny
    density: Array = np.where(seen > 0, -(((found - middle) / spread) ** 2) / 2 - np.log(spread), np.nan)
    return density


def _unheard(_epoch: object) -> None:
    """Say nothing of progress."""
