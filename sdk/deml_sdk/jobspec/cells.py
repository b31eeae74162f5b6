"""What each cell of a column is worth: present, of the right type, within its range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from deml_sdk.data.numbers import Mask, Numbers, distinct_cells, read_numbers
from deml_sdk.data.words import MISSING, Words, text_of
from deml_sdk.jobspec.document import Column

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Cells:
    """A column's cells, one place a row; `values` are the numbers of those that are `good`.

    A number stands for itself, a category for its place among the categories; texts have none. `inexact` are whole
    numbers whose last digits would be lost, such as identifiers beyond 2^53.
    """

    values: NDArray[np.float64]
    missing: Mask
    wrong_type: Mask
    inexact: Mask
    out_of_range: Mask
    unknown: Mask

    @property
    def good(self) -> Mask:
        """Cells that fit."""
        return ~(self.missing | self.wrong_type | self.inexact | self.out_of_range | self.unknown)


def read_cells(column: Column, data: pa.ChunkedArray) -> Cells:
    """Judge every cell of a column. What a category is called is that category, be it NA or None."""
    if column.type in ("number", "integer"):
        return _judge_numbers(column, read_numbers(data))
    distinct, places = distinct_cells(data)
    words = None if column.categories is None else Words(column.categories)
    judged = [_judge(words, one) for one in distinct]
    kinds = np.array([kind for kind, _ in judged])[places]
    values = np.array([number for _, number in judged], dtype=np.float64)[places]
    nowhere = np.zeros(len(kinds), np.bool_)
    return Cells(values, kinds == _MISSING, nowhere, nowhere, nowhere, kinds == _UNKNOWN)


_GOOD, _MISSING, _UNKNOWN = range(3)
_Verdict = tuple[int, float]


def _judge_numbers(column: Column, read: Numbers) -> Cells:
    numbers = read.values
    missing = np.isnan(numbers)
    wrong = np.isinf(numbers) & ~read.inexact
    if column.type == "integer":
        wrong |= ~missing & ~read.inexact & (numbers != np.floor(numbers))
    low = -np.inf if column.minimum is None else column.minimum
    high = np.inf if column.maximum is None else column.maximum
    outside = ~missing & ~wrong & ~read.inexact & ((numbers < low) | (numbers > high))
    return Cells(numbers, missing, wrong, read.inexact, outside, np.zeros_like(missing))


def _judge(words: Words | None, cell: Any) -> _Verdict:
    place = None if words is None else words.place(cell)
    if place is not None:
        return _GOOD, float(place)
    if text_of(cell) in MISSING:
        return _MISSING, np.nan
    return (_GOOD if words is None else _UNKNOWN), np.nan
