"""What each cell of a column is worth: present, of the right type, within its range."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from deml_sdk.jobspec.document import Column

if TYPE_CHECKING:
    import pyarrow as pa

Mask = NDArray[np.bool_]

MISSING: Final = frozenset({"", "NA", "N/A", "#N/A", "NULL", "null", "NaN", "nan", "n/a", "None"})
"""What an empty cell is written as."""


@dataclass(frozen=True, slots=True)
class Cells:
    """A column's cells, one place a row; `values` are the numbers of those that are `good`.

    A number stands for itself, a category for its place among the categories; texts have none.
    """

    values: NDArray[np.float64]
    missing: Mask
    wrong_type: Mask
    out_of_range: Mask
    unknown: Mask

    @property
    def good(self) -> Mask:
        """Cells that fit."""
        return ~(self.missing | self.wrong_type | self.out_of_range | self.unknown)


def read_cells(column: Column, data: pa.ChunkedArray) -> Cells:
    """Judge every cell of a column."""
    numbers = _numbers(data) if column.type in ("number", "integer") else None
    if numbers is not None:
        return _judge_numbers(column, numbers)
    distinct, places = _distinct(data)
    judged = [_judge(column, one) for one in distinct]
    kinds = np.array([kind for kind, _ in judged])[places]
    values = np.array([number for _, number in judged], dtype=np.float64)[places]
    return Cells(values, *(kinds == kind for kind in (_MISSING, _WRONG_TYPE, _OUT_OF_RANGE, _UNKNOWN)))


_GOOD, _MISSING, _WRONG_TYPE, _OUT_OF_RANGE, _UNKNOWN = range(5)
_Verdict = tuple[int, float]


def _distinct(data: pa.ChunkedArray) -> tuple[list[Any], NDArray[np.intp]]:
    """Different values, None first, and for each row which of them it has."""
    import pyarrow as pa

    encoded = data.combine_chunks() if isinstance(data, pa.ChunkedArray) else data
    if isinstance(encoded, pa.ChunkedArray):  # no chunk, or too much for one
        encoded = pa.concat_arrays(encoded.chunks) if encoded.num_chunks else pa.array([], encoded.type)
    if not pa.types.is_dictionary(encoded.type):
        encoded = encoded.dictionary_encode()
    places = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.intp)
    return [None, *encoded.dictionary.to_pylist()], places + 1


def _numbers(data: pa.ChunkedArray) -> NDArray[np.float64] | None:
    """A column in which everything is a number or missing (not a number here), at once; None if it is no such column.

    A number that is written but is none, such as "inf", stays what it is.
    """
    import pyarrow as pa
    from pyarrow import compute

    text = pa.types.is_string(data.type) or pa.types.is_large_string(data.type)
    if not (text or pa.types.is_integer(data.type) or pa.types.is_floating(data.type)):
        return None
    if text:
        trimmed = compute.utf8_trim_whitespace(data)
        absent = compute.is_in(trimmed, value_set=pa.array(sorted(MISSING), data.type))
        data = compute.if_else(absent, pa.scalar(None, data.type), trimmed)
    try:
        made = data.cast(pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False)
    except pa.ArrowException:
        return None
    return np.asarray(made, dtype=np.float64)


def _judge_numbers(column: Column, numbers: NDArray[np.float64]) -> Cells:
    """Judge as `_judge_number` does, at once."""
    missing = np.isnan(numbers)
    wrong = np.isinf(numbers)
    if column.type == "integer":
        wrong |= ~missing & (numbers != np.floor(numbers))
    low, high = _range(column)
    outside = ~missing & ~wrong & ((numbers < low) | (numbers > high))
    return Cells(numbers, missing, wrong, outside, np.zeros_like(missing))


def _range(column: Column) -> tuple[float, float]:
    low = -np.inf if column.minimum is None else column.minimum
    return low, np.inf if column.maximum is None else column.maximum


def _judge(column: Column, value: Any) -> _Verdict:
    text = _text(value)
    if text in MISSING:
        return _MISSING, np.nan
    if column.type == "text":
        return _GOOD, np.nan
    if column.categories is not None:
        if text in column.categories:
            return _GOOD, float(column.categories.index(text))
        return _UNKNOWN, np.nan
    return _judge_number(column, text)


def _judge_number(column: Column, text: str) -> _Verdict:
    try:
        number = np.nan if "_" in text else float(text)
    except ValueError:
        number = np.nan
    if not np.isfinite(number) or (column.type == "integer" and number != np.floor(number)):
        return _WRONG_TYPE, np.nan
    low, high = _range(column)
    return (_GOOD, number) if low <= number <= high else (_OUT_OF_RANGE, np.nan)


def _text(value: Any) -> str:
    """A cell as it would stand in a CSV file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
