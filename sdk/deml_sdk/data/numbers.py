"""Numbers of a column, at once where all its cells are numbers or missing, else cell by cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isinf
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from deml_sdk.data.words import MISSING, number_of, text_of

if TYPE_CHECKING:
    import pyarrow as pa

Mask = NDArray[np.bool_]

EXACT: Final = 2**53
"""Whole numbers of up to this size are exact in float64."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers, a place each row: not a number where a cell is missing, infinite where it is no number.

    `inexact` are cells whose whole number float64 does not have; they are infinite, too.
    """

    values: NDArray[np.float64]
    inexact: Mask


def read_numbers(column: pa.ChunkedArray) -> Numbers:
    """Read the numbers of a column."""
    values = _at_once(column)
    if values is not None:
        return Numbers(values, np.zeros(len(values), np.bool_))
    distinct, places = distinct_cells(column)
    read = [number_of_cell(cell) for cell in distinct]
    inexact = np.array([is_inexact(cell) for cell in distinct], np.bool_)
    return Numbers(np.array(read, np.float64)[places], inexact[places])


def number_of_cell(cell: Any) -> float:
    """The number of a cell: not a number where it is missing, infinite where it is none."""
    text = text_of(cell)
    if text in MISSING or text.lstrip("+-").lower() == "nan":
        return np.nan
    number = number_of(text)
    if number is None or is_inexact(cell):
        return np.inf
    return float(number)


def is_inexact(cell: Any) -> bool:
    """Whether a cell is a whole number that float64 does not have."""
    text = text_of(cell)
    if isinstance(cell, float) or not text.lstrip("+-").isdecimal():
        return False
    number = number_of(text)
    if number is None or abs(number) <= EXACT:
        return False
    near = float(number)
    return isinf(near) or number != int(near)


def distinct_cells(column: pa.ChunkedArray) -> tuple[Sequence[Any], NDArray[np.int64]]:
    """Different cells, None first, and for each row which of them it has."""
    import pyarrow as pa

    encoded = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    if isinstance(encoded, pa.ChunkedArray):  # no chunk, or too much for one
        encoded = pa.concat_arrays(encoded.chunks) if encoded.num_chunks else pa.array([], encoded.type)
    encoded = encoded.dictionary_encode()
    places = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
    return [None, *encoded.dictionary.to_pylist()], places + 1


def _at_once(column: pa.ChunkedArray) -> NDArray[np.float64] | None:
    """A column in which everything is a number or missing; None if it is no such column, or may not be exact."""
    import pyarrow as pa
    from pyarrow import compute

    kind = column.type
    if pa.types.is_string(kind):
        trimmed = compute.utf8_trim_whitespace(column)
        absent = compute.is_in(trimmed, value_set=pa.array(sorted(MISSING), kind))
        column = compute.if_else(absent, pa.scalar(None, kind), trimmed)
    try:
        made = column.cast(pa.float64()).fill_null(np.nan).to_numpy(zero_copy_only=False)
    except pa.ArrowException:
        return None
    values = np.asarray(made, dtype=np.float64)
    whole = not (pa.types.is_floating(kind) or pa.types.is_boolean(kind))
    return None if whole and np.any(np.abs(values[np.isfinite(values)]) >= EXACT) else values
