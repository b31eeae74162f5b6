"""What can be wrong with private data, or with training on it."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.errors import DemlError


@dataclass(eq=False)
class NoTask(DemlError):
    what = "No job to train for was given."
    fix = "Name a job by its number, or a job file with --terms."


@dataclass(eq=False)
class TrainingDiverged(DemlError):
    epoch: int
    what = "Training diverged in epoch {epoch}: the weights are no longer finite."
    fix = "Use a smaller --learning-rate, and look for huge values in the data."


@dataclass(eq=False)
class NotTrainable(DemlError):
    what = (
        "The built-in trainer supports linear, logistic, trees, and mlp with ReLU; this job's model is none of these."
    )
    fix = (
        "Train it with your own tools, and import the result: 'deml model import --help'. Or the sponsor names a "
        "script as the job's trainer."
    )
