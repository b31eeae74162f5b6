"""Private data against a job's specification: what is wrong in each column, and which rows can be used.

Nothing of this leaves the machine; values of rows are given only to who asks for them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from deml.scoring.task import Task
from deml_sdk.data.columns import TableColumns, read_columns
from deml_sdk.data.header import has_header
from deml_sdk.data.numbers import Mask
from deml_sdk.data.tables import Matrix, Table
from deml_sdk.jobspec.cells import Cells, read_cells
from deml_sdk.jobspec.document import Column, Spec
from deml_sdk.jobspec.errors import NotInSpec, NoUsableRow

EXAMPLES: Final = 5
"""How many of the rows with a fault are named."""


@dataclass(frozen=True, slots=True)
class ColumnReport:
    """Faults of a column by count; `rows` are the first rows with one, from 1, `values` what stands there, if asked."""

    name: str
    type: str
    present: bool
    missing: int = 0
    wrong_type: int = 0
    inexact: int = 0
    out_of_range: int = 0
    unknown: int = 0
    rows: tuple[int, ...] = ()
    values: tuple[str, ...] = ()

    @property
    def faults(self) -> int:
        """How many cells do not fit."""
        return self.missing + self.wrong_type + self.inexact + self.out_of_range + self.unknown


@dataclass(frozen=True, slots=True)
class DataReport:
    """What a table is worth for a job; `classes` counts the usable rows of each class, by name.

    `surplus` are columns that are not asked for, unless their names may be cells of a first row.
    """

    rows: int
    usable: int
    columns: tuple[ColumnReport, ...]
    surplus: tuple[str, ...]
    classes: Mapping[str, int]

    @property
    def absent(self) -> tuple[str, ...]:
        """Columns that are needed and not there."""
        return tuple(one.name for one in self.columns if not one.present)


def check_data(path: Path, spec: Spec, *, show_values: bool = False) -> DataReport:
    """Compare a table with a specification.

    Raises
    ------
    UnreadableTable
    """
    return _Check.of(path, spec).report(show_values)


def read_usable(path: Path, spec: Spec) -> tuple[Table, DataReport]:
    """Read the rows that fit a specification, as its architecture takes them.

    Raises
    ------
    UnreadableTable
    NotInSpec
        If a column is not there.
    NoUsableRow
    """
    check = _Check.of(path, spec)
    report = check.report(show_values=False)
    if report.absent:
        raise NotInSpec(str(path), ", ".join(report.absent))
    if not report.usable:
        raise NoUsableRow(str(path), report.rows)
    return check.table(), report


@dataclass(frozen=True, slots=True)
class _Check:
    spec: Spec
    columns: TableColumns
    cells: Mapping[str, Cells]

    @classmethod
    def of(cls, path: Path, spec: Spec) -> _Check:
        columns = _named(read_columns(path), spec)
        wanted = (_bounded(one, spec) for one in spec.data.columns if one.name in columns)
        return cls(spec, columns, {one.name: read_cells(one, columns[one.name]) for one in wanted})

    @property
    def rows(self) -> int:
        return max(map(len, self.columns.values()), default=0)

    @property
    def usable(self) -> Mask:
        """Rows of which every cell that is needed fits."""
        needed = [one.name for one in self.spec.data.columns if one.required]
        good = np.ones(self.rows, dtype=np.bool_)
        for name in needed:
            good &= self.cells[name].good if name in self.cells else False
        return good

    def report(self, show_values: bool) -> DataReport:
        names = [one.name for one in self.spec.data.columns]
        return DataReport(
            rows=self.rows,
            usable=int(self.usable.sum()),
            columns=tuple(self._column(one, show_values) for one in self.spec.data.columns),
            surplus=tuple(one for one in self.columns if one not in names) if has_header(self.columns, names) else (),
            classes=self._classes(),
        )

    def table(self) -> Table:
        """Rows that can be used, words turned into numbers."""
        usable = self.usable
        made: dict[str, Matrix] = {}
        for one in self.spec.data.features:
            values = self.cells[one.name].values[usable]
            if one.categories is None:
                made[one.name] = values
            else:
                made |= {f"{one.name}={word}": (values == place) * 1.0 for place, word in enumerate(one.categories)}
        return Table(np.column_stack(list(made.values())), self._labels()[usable], tuple(made))

    def _column(self, column: Column, show_values: bool) -> ColumnReport:
        cells = self.cells.get(column.name)
        if cells is None:
            return ColumnReport(column.name, column.type, present=not column.required)
        missing = cells.missing if column.required else np.zeros_like(cells.missing)
        faulty = np.flatnonzero(missing | ~(cells.good | cells.missing))[:EXAMPLES]
        shown = self.columns[column.name].take(faulty).to_pylist() if show_values else ()
        return ColumnReport(
            name=column.name,
            type=column.type,
            present=True,
            missing=int(missing.sum()),
            wrong_type=int(cells.wrong_type.sum()),
            inexact=int(cells.inexact.sum()),
            out_of_range=int(cells.out_of_range.sum()),
            unknown=int(cells.unknown.sum()),
            rows=tuple(int(one) + 1 for one in faulty),
            values=tuple(str(one) for one in shown),
        )

    def _classes(self) -> Mapping[str, int]:
        architecture = self.spec.parsed_architecture
        label = self.spec.data.label
        if architecture.task is Task.REGRESSION or label.column not in self.cells:
            return {}
        found = self._labels()[self.usable]
        names: Mapping[Any, int] = label.mapping or {str(one): one for one in range(architecture.classes)}
        return {str(name): int((found == number).sum()) for name, number in names.items()}

    def _labels(self) -> Matrix:
        column, mapping = self.spec.data.label_column, self.spec.data.label.mapping
        values = self.cells[column.name].values
        if column.categories is None or mapping is None:
            return values
        numbers = np.array([mapping[one] for one in column.categories], dtype=np.float64)
        good = self.cells[column.name].good
        found = np.full(len(values), np.nan)
        found[good] = numbers[values[good].astype(np.int64)]
        return found


def _bounded(column: Column, spec: Spec) -> Column:
    """The column, where it holds class numbers with these as its range."""
    architecture = spec.parsed_architecture
    if column.name != spec.data.label.column or column.type != "integer" or architecture.task is Task.REGRESSION:
        return column
    return column.model_copy(update={"minimum": 0.0, "maximum": architecture.classes - 1.0})


def _named(columns: TableColumns, spec: Spec) -> TableColumns:
    """Call the columns of a matrix `x` and of `y` what the specification calls them."""
    features = [one.name for one in spec.data.features]
    if [*columns] == [f"x{index}" for index in range(len(features))] + ["y"]:
        return dict(zip([*features, spec.data.label.column], columns.values(), strict=True))
    return columns
