"""What can be wrong with private data."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.errors import DemlError


@dataclass(eq=False)
class UnreadableTable(DemlError):
    path: str
    problem: str
    what = "{path} cannot be read as a table: {problem}."
    fix = "Check the name; use CSV with a header line, Parquet (.parquet), Arrow (.arrow, .feather) or NumPy (.npz)."


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
class InexactNumber(DemlError):
    path: str
    column: str
    row: int
    what = "In {path}, column '{column}', row {row} is a whole number beyond 2^53, whose last digits would be lost."
    fix = "If it is an identifier, drop the column with --drop {column}: nothing can be learned from it."


@dataclass(eq=False)
class UnknownCategory(DemlError):
    path: str
    column: str
    row: int
    what = "In {path}, column '{column}', row {row} is none of the column's categories."
    fix = "'deml data check' counts such rows by column; a category is written as the specification writes it."


@dataclass(eq=False)
class UnknownLabel(DemlError):
    path: str
    row: int
    known: str
    what = "In {path} the label of row {row} has no class number."
    fix = "Name every label with --class NAME=NUMBER, as the job's specification says; known so far: {known}."


@dataclass(eq=False)
class BadClass(DemlError):
    text: str
    what = "'{text}' does not assign a class number to a label."
    fix = "Write --class NAME=NUMBER, as the job's specification says, once for each label."


@dataclass(eq=False)
class TooFewRows(DemlError):
    path: str
    rows: int
    columns: int
    what = "{path} has {rows} rows and {columns} feature columns."
    fix = "It needs at least one of each."


@dataclass(eq=False)
class WrongColumnCount(DemlError):
    path: str
    columns: int
    expected: int
    names: str
    what = "{path} has {columns} feature columns; the model takes {expected}."
    fix = "Choose them with --feature (in the model's order) or --drop. Found: {names}."


@dataclass(eq=False)
class LabelNotAClass(DemlError):
    path: str
    row: int
    classes: int
    what = "In {path}, the label of row {row} is not a class number; the model's classes are 0 to {classes} minus 1."
    fix = "Map the labels with --class NAME=NUMBER, as the job's specification says."
