"""Columns of any type as columns of few: a cell never changes how others are read, and none is quoted."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from deml_sdk.data.errors import UnreadableTable

if TYPE_CHECKING:
    import pyarrow as pa

ODD: Final = "(cannot be told)"
"""Stands for a cell that no library can put into words, such as a date in the year 5 million."""


def plain(path: Path, name: str, column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Bring a column to text, truth values, whole numbers or float64.

    Raises
    ------
    UnreadableTable
        If the file is damaged there.
    """
    import pyarrow as pa

    try:
        column.validate(full=not _is_text(column.type))
        return _plain(column)
    except pa.ArrowException:
        raise UnreadableTable(str(path), f"its column '{name}' is damaged, or of a type that has no words") from None


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    import pyarrow as pa

    kind = column.type
    if isinstance(kind, pa.BaseExtensionType):
        return _plain(pa.chunked_array([one.storage for one in column.chunks], kind.storage_type))
    if pa.types.is_dictionary(kind) and not pa.types.is_nested(kind.value_type):
        return _plain(column.cast(kind.value_type))
    if pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_float64(kind):
        return column
    if pa.types.is_float16(kind) or pa.types.is_float32(kind):
        # The double that is written alike: 0.1 in float32 is meant to be 0.1.
        written = [pa.array(chunk.to_numpy(zero_copy_only=False).astype(str)) for chunk in column.chunks]
        return pa.chunked_array(written, pa.string()).cast(pa.float64())
    if pa.types.is_null(kind) or pa.types.is_decimal(kind):
        return column.cast(pa.string())
    if _is_text(kind):
        return _texts(column)
    return pa.chunked_array([pa.array([_words(one) for one in column], pa.string())])


def _is_text(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def _texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Text, what is no UTF-8 replaced."""
    import pyarrow as pa

    content = column.cast(pa.large_binary() if pa.types.is_large_string(column.type) else pa.binary())
    content.validate(full=True)
    try:
        return content.cast(pa.string())
    except pa.ArrowInvalid:
        decoded = [None if one is None else one.decode(errors="replace") for one in content.to_pylist()]
        return pa.chunked_array([pa.array(decoded, pa.string())])


def _words(cell: Any) -> str | None:
    import pyarrow as pa

    try:
        value = cell.as_py()
        return None if value is None else str(value)
    except (OverflowError, ValueError, pa.ArrowException):
        return ODD
