"""Private data from a file: the numbers to learn from, and what to predict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from deml.scoring import Architecture
from deml.scoring.task import Task
from deml_sdk.data.columns import read_columns
from deml_sdk.data.errors import (
    BadCell,
    InexactNumber,
    LabelNotAClass,
    NoSuchColumn,
    TooFewRows,
    UnknownCategory,
    UnknownLabel,
    WrongColumnCount,
)
from deml_sdk.data.header import names_to_show
from deml_sdk.data.numbers import distinct_cells, read_numbers
from deml_sdk.data.reading import Reading
from deml_sdk.data.words import Words

if TYPE_CHECKING:
    import pyarrow as pa

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Table:
    """`x` is rows by features; `y` has one value a row."""

    x: Matrix
    y: Matrix
    features: tuple[str, ...]

    @property
    def rows(self) -> int:
        """How many examples there are."""
        return len(self.y)


def read_table(path: Path, reading: Reading) -> Table:
    """Read what `read_columns` reads.

    Raises
    ------
    UnreadableTable, NoSuchColumn, BadCell, InexactNumber, UnknownCategory, UnknownLabel, TooFewRows
    """
    columns = read_columns(path)
    known = reading.expected if all(one in columns for one in reading.expected) else ()
    others = tuple(one for one in columns if one != reading.label and one not in reading.drop)
    names = reading.features or known or others
    for name in (reading.label, *names, *reading.drop):
        if name not in columns:
            asked = (reading.label, *reading.features, *reading.expected, *reading.drop)
            raise NoSuchColumn(str(path), name, names_to_show(columns, asked))
    y = _labels(path, reading, columns[reading.label])
    if not len(y) or not names:
        raise TooFewRows(str(path), len(y), len(names))
    made: dict[str, Matrix] = {}
    for name in names:
        made |= _features(path, name, columns[name], reading.categories.get(name))
    return Table(np.column_stack(list(made.values())), y, tuple(made))


def check_table(path: Path, table: Table, architecture: Architecture) -> None:
    """Refuse a table that the architecture cannot learn from.

    Raises
    ------
    WrongColumnCount, LabelNotAClass
    """
    if len(table.features) != architecture.inputs:
        raise WrongColumnCount(str(path), len(table.features), architecture.inputs, ", ".join(table.features))
    if architecture.task is Task.CLASSIFICATION:
        fits = (table.y == np.floor(table.y)) & (table.y >= 0) & (table.y < architecture.classes)
        if not fits.all():
            raise LabelNotAClass(str(path), int(np.argmin(fits)) + 1, architecture.classes)


def _features(path: Path, name: str, column: pa.ChunkedArray, categories: Sequence[str] | None) -> dict[str, Matrix]:
    """Columns of `x` that a column of the file makes: itself, or one for each category."""
    if categories is None:
        return {name: _numbers(path, name, column)}
    places = _places(categories, column)
    if np.any(places < 0):
        raise UnknownCategory(str(path), name, int(np.argmax(places < 0)) + 1)
    return {f"{name}={one}": (places == place).astype(np.float64) for place, one in enumerate(categories)}


def _places(words: Sequence[str], column: pa.ChunkedArray) -> NDArray[np.int64]:
    """For each row the place of its word, below zero where it has none of them."""
    distinct, places = distinct_cells(column)
    known = Words(words)
    found = [known.place(cell) for cell in distinct]
    return np.array([-1 if one is None else one for one in found], np.int64)[places]


def _numbers(path: Path, name: str, column: pa.ChunkedArray) -> Matrix:
    found = read_numbers(column)
    if found.inexact.any():
        raise InexactNumber(str(path), name, int(np.argmax(found.inexact)) + 1)
    finite = np.isfinite(found.values)
    if not finite.all():
        raise BadCell(str(path), name, int(np.argmin(finite)) + 1)
    return found.values


def _labels(path: Path, reading: Reading, column: pa.ChunkedArray) -> Matrix:
    if not reading.classes:
        return _numbers(path, reading.label, column)
    places = _places([*reading.classes], column)
    if np.any(places < 0):
        raise UnknownLabel(str(path), int(np.argmax(places < 0)) + 1, ", ".join(reading.classes))
    return np.array([*reading.classes.values()], np.float64)[places]
