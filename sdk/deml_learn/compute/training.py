"""A sponsor's initial model on public rows, by the built-in trainer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from deml.base.limits import MAX_ROWS
from deml.scoring import load_holdout, parse_architecture, parse_metric
from deml.scoring.families.trees import Trees
from deml.scoring.safetensors import read_tensors
from deml_learn.training.epoch import TrainingEpoch
from deml_learn.training.forests import grow
from deml_learn.training.hyperparameters import Hyperparameters
from deml_learn.training.improve import improve
from deml_learn.training.model_file import fresh_trainable
from deml_learn.training.split import validation_split
from deml_sdk.compute.request import TrainingRecipe


def train_initial(recipe: TrainingRecipe, rows: bytes, report: Callable[[TrainingEpoch], None]) -> bytes:
    """Train a model from scratch, and write it as safetensors.

    Networks and linear models are trained by gradient descent, forests grown by scikit-learn. Another machine may make
    another model of the same rows: floating-point sums in another order are other sums.

    Parameters
    ----------
    rows
        In the form of a holdout.

    Raises
    ------
    NotTrainable, LibraryMissing
    DemlError
        What is wrong with the recipe or the rows.
    """
    architecture = parse_architecture(recipe.architecture)
    metric = parse_metric(recipe.metric, architecture)
    load_holdout(architecture, metric, rows, MAX_ROWS)
    tensors = read_tensors(rows)
    x, y = (np.asarray(tensors[name], dtype=np.float64) for name in ("x", "y"))
    split = validation_split(x, y, architecture.task, recipe.validation, recipe.seed)
    if isinstance(architecture, Trees):
        return grow(architecture, split.x, split.y, recipe.seed)
    how = Hyperparameters(recipe.epochs, recipe.batch, recipe.learning_rate, recipe.l2, recipe.validation, recipe.seed)
    return improve(fresh_trainable(architecture, split.x, recipe.seed), metric, split, how, report, recipe.half)
