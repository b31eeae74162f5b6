"""Private data from a file: the numbers to learn from, and what to predict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from deml.scoring import Architecture
from deml.scoring.task import Task
from deml_sdk.data.columns import read_columns
from deml_sdk.data.errors import BadCell, LabelNotAClass, NoSuchColumn, TooFewRows, UnknownLabel, WrongColumnCount
from deml_sdk.data.reading import Reading

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
    UnreadableTable, NoSuchColumn, BadCell, UnknownLabel, TooFewRows
    """
    columns = read_columns(path)
    names = reading.features or tuple(one for one in columns if one != reading.label and one not in reading.drop)
    for name in (reading.label, *names, *reading.drop):
        if name not in columns:
            raise NoSuchColumn(str(path), name, ", ".join(columns))
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
            raise LabelNotAClass(str(path), f"{table.y[np.argmin(fits)]:g}", architecture.classes)


def _features(path: Path, name: str, column: pa.ChunkedArray, categories: Sequence[str] | None) -> dict[str, Matrix]:
    """Columns of `x` that a column of the file makes: itself, or one for each category."""
    if categories is None:
        return {name: _numbers(path, name, column)}
    texts = np.array([str(one) for one in column.to_pylist()], dtype=object)
    made = {f"{name}={one}": (texts == one).astype(np.float64) for one in categories}
    known = np.sum(list(made.values()), axis=0) > 0
    if not known.all():
        raise BadCell(str(path), name, int(np.argmin(known)) + 1)
    return made


def _numbers(path: Path, name: str, column: pa.ChunkedArray) -> Matrix:
    import pyarrow as pa

    try:
        values = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    except pa.ArrowException:
        raise BadCell(str(path), name, _first_non_number(column.to_pylist())) from None
    values = np.asarray(values, dtype=np.float64)
    finite = np.isfinite(values)
    if not finite.all():
        raise BadCell(str(path), name, int(np.argmin(finite)) + 1)
    return values


def _labels(path: Path, reading: Reading, column: pa.ChunkedArray) -> Matrix:
    if not reading.classes:
        return _numbers(path, reading.label, column)
    numbers = []
    for value in column.to_pylist():
        number = reading.classes.get(str(value))
        if number is None:
            raise UnknownLabel(str(path), str(value), ", ".join(reading.classes))
        numbers.append(number)
    return np.array(numbers, dtype=np.float64)


def _first_non_number(values: Sequence[Any]) -> int:
    for row, value in enumerate(values, start=1):
        try:
            float(value)
        except (TypeError, ValueError):
            return row
    return 0
