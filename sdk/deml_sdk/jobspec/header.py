"""Columns of a specification, guessed from a sponsor's own table: names and types, and nothing else unless asked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from deml_sdk.data.columns import read_columns
from deml_sdk.data.errors import UnreadableTable
from deml_sdk.data.words import text_of
from deml_sdk.jobspec.cells import read_cells
from deml_sdk.jobspec.document import MAX_CATEGORIES, MAX_NAME, Column

if TYPE_CHECKING:
    import pyarrow as pa

FEW_WORDS: Final = 20
"""A column with at most so many different words holds categories, one with more holds text."""


def guess_columns(path: Path, label: str, *, ranges: bool = False) -> list[Column]:
    """Guess the columns of a table.

    Parameters
    ----------
    path
        The table.
    label
        Column to predict: its words are categories, however many there are, and so are its whole numbers, if few.
    ranges
        Give the smallest and the largest value of numbers: two values of real rows each, which become public.

    Raises
    ------
    UnreadableTable
    """
    columns = read_columns(path)
    for name in columns:
        if not 0 < len(name) <= MAX_NAME:
            raise UnreadableTable(str(path), f"a column's name has {len(name)} characters")
    return [_guess(name, data, name == label, ranges) for name, data in columns.items()]


def _guess(name: str, data: pa.ChunkedArray, is_label: bool, ranges: bool) -> Column:
    for kind in ("integer", "number"):
        column = Column.model_validate({"name": name, "type": kind})
        cells = read_cells(column, data)
        if not (cells.wrong_type | cells.inexact).any() and cells.good.any():
            values = cells.values[cells.good]
            if is_label and kind == "integer" and len(numbers := np.unique(values)) <= FEW_WORDS:
                return Column(name=name, type="category", categories=tuple(str(int(one)) for one in numbers))
            found: dict[str, Any] = {"minimum": float(values.min()), "maximum": float(values.max())} if ranges else {}
            return column.model_copy(update=found)
    words = sorted({text_of(one) for one in data.to_pylist()} - {""})
    few = 0 < len(words) <= (MAX_CATEGORIES if is_label else FEW_WORDS)
    if few and all(len(one) <= MAX_NAME for one in words):
        return Column(name=name, type="category", categories=tuple(words))
    return Column(name=name, type="text", required=False)
