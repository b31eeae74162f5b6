"""Whether the names of a table's columns are names: a file without a header has the cells of its first row there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from deml_sdk.data.columns import TableColumns
from deml_sdk.data.numbers import read_numbers
from deml_sdk.data.words import MISSING, number_of

if TYPE_CHECKING:
    import pyarrow as pa


def has_header(columns: TableColumns, asked: Iterable[str]) -> bool:
    """Whether it is plain that the names are no cells: one was asked for, or is a word over nothing but numbers."""
    return any(one in columns for one in asked) or any(_is_over_numbers(name, one) for name, one in columns.items())


def names_to_show(columns: TableColumns, asked: Iterable[str]) -> str:
    """The names, for a message; how many there are, where they may be a row that is nobody else's business."""
    if has_header(columns, asked):
        return ", ".join(columns)
    return f"{len(columns)}; what they are called is not shown, for the first line may be a row, not a header"


def _is_over_numbers(name: str, column: pa.ChunkedArray) -> bool:
    if name in MISSING or number_of(name) is not None:
        return False
    values = read_numbers(column).values
    return bool(np.isfinite(values).any() and not np.isinf(values).any())
