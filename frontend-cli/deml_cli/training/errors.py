"""What can be wrong with private data, or with training on it."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.errors import DemlError


@dataclass(eq=False)
class UnreadableTable(DemlError):
    path: str
    problem: str
    what = "{path} cannot be read as a table: {problem}."
    fix = "Use CSV with a header line, Parquet (.parquet), Arrow (.arrow, .feather) or NumPy (.npz)."


@dataclass(eq=False)
class NoSuchColumn(DemlError):
    path: str
    column: str
    columns: str
    what = "{path} has no column '{column}'."
    fix = "Its columns are: {columns}."


@dataclass(eq=False)
class BadCell(DemlError):
    path: str
    column: str
    row: int
    what = "In {path}, column '{column}', row {row} is empty, infinite or not a number."
    fix = "Correct or remove the row, or leave the column out with --drop {column}; labels that are words need --class."


@dataclass(eq=False)
class UnknownLabel(DemlError):
    path: str
    label: str
    known: str
    what = "In {path} there is a label '{label}' that has no class number."
    fix = "Name every label with --class NAME=NUMBER, as the job's specification says; known so far: {known}."


@dataclass(eq=False)
class TooFewRows(DemlError):
    path: str
    rows: int
    columns: int
    what = "{path} has {rows} rows and {columns} columns to learn from."
    fix = "Give it at least one of each."


@dataclass(eq=False)
class WrongColumnCount(DemlError):
    path: str
    columns: int
    expected: int
    names: str
    what = "{path} has {columns} columns to learn from; the model takes {expected}."
    fix = "Choose them with --feature (in the model's order) or --drop. Found: {names}."


@dataclass(eq=False)
class LabelNotAClass(DemlError):
    path: str
    label: str
    classes: int
    what = "In {path} there is a label {label}; the model knows classes 0 to {classes} minus 1."
    fix = "Map the labels with --class NAME=NUMBER, as the job's specification says."


@dataclass(eq=False)
class NoTask(DemlError):
    what = "It is not said what to train for."
    fix = "Name a job by its number, or a job file with --terms."


@dataclass(eq=False)
class NoLabel(DemlError):
    what = "It is not said which column to predict: the job has no specification that names it."
    fix = "Name it with --label, and the columns to learn from with --feature or --drop."


@dataclass(eq=False)
class TrainingDiverged(DemlError):
    epoch: int
    what = "Training diverged in epoch {epoch}: the weights are no finite numbers any more."
    fix = "Use a smaller --learning-rate, and look for huge values in the data."


@dataclass(eq=False)
class NotTrainable(DemlError):
    what = "The built-in trainer knows linear, logistic, trees, and mlp with ReLU; this job's model is none of them."
    fix = (
        "For an mlp with another activation or a cnn, install PyTorch beside DeML: pip install 'deml[torch]'. Or train "
        "with your own tools, and import the result: 'deml model import --help'."
    )


@dataclass(eq=False)
class NoStart(DemlError):
    what = "There is no initial model, and PyTorch's networks are only improved here, not begun."
    fix = "Make one with your own tools, and import it: 'deml model import --help'."
