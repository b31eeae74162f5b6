"""What can be wrong with what is asked of privacy."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.errors import DemlError


@dataclass(eq=False)
class BadPrivacy(DemlError):
    name: str
    value: float
    needed: str
    what = "The privacy parameter {name} cannot be {value:g}: it must be {needed}."
    fix = "Usual values: epsilon 1 to 8, delta a tenth of one over the number of rows, clip 1 (docs/privacy.md)."


@dataclass(eq=False)
class DeltaTooLarge(DemlError):
    delta: float
    rows: int
    what = "A delta of {delta:g} would allow publishing one of the {rows} rows unchanged."
    fix = "Choose a delta well below one over the number of rows, a tenth of it for instance."


@dataclass(eq=False)
class EpsilonOutOfReach(DemlError):
    epsilon: float
    steps: int
    what = "No reasonable amount of noise limits {steps} steps to an epsilon of {epsilon:g}."
    fix = "Use fewer --epochs, or a larger epsilon."


@dataclass(eq=False)
class TooFewToJudge(DemlError):
    members: int
    others: int
    least: int
    what = "{members} training rows and {others} other rows are too few to judge; at least {least} of each are needed."
    fix = "Train with a larger --validation, or give other rows that were not trained on with --held-out."


@dataclass(eq=False)
class TooFewShadows(DemlError):
    count: int
    least: int
    what = "{count} shadow models are too few to have most rows both in and out; at least {least} are needed."
    fix = "Use --shadows 32 or more; the time it takes is shown first."


@dataclass(eq=False)
class NoPlot(DemlError):
    path: str
    reason: str
    what = "No plot can be written to {path}: {reason}."
    fix = "Name a file that ends in .png, .svg or .pdf."
