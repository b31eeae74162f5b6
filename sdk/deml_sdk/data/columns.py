"""Columns of private data, from whatever file holds them.

No message of a library is passed on: it may quote the very cells that it could not read.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deml_sdk.data.errors import UnreadableTable
from deml_sdk.data.plain import plain
from deml_sdk.data.separated import read_csv
from deml_sdk.data.zipped import read_npz
from deml_sdk.extras import needed_to

if TYPE_CHECKING:
    import pyarrow as pa

PARQUET: Final = (".parquet", ".pq")
ARROW: Final = (".arrow", ".feather", ".ipc")
NPZ: Final = ".npz"
MAGIC: Final = (b"ARRO", b"FEA1")
"""How Arrow files and Feather of version 1 begin; streams begin with a length."""

TableColumns = Mapping[str, "pa.ChunkedArray"]


def read_columns(path: Path) -> TableColumns:
    """Read CSV with a header, Parquet, Arrow (files and streams) or Feather, or an npz file whose arrays are columns.

    The cells of a CSV file are kept as they are written, so that one wrong cell does not change what its column is
    taken for. In an npz file, a matrix ``x`` makes the columns ``x0``, ``x1`` and so on.

    Raises
    ------
    UnreadableTable, LibraryMissing
    """
    with needed_to("read tables"):
        import pyarrow  # noqa: F401  # its parts are imported where they are used
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise UnreadableTable(str(path), (error.strerror or "it cannot be opened").lower()) from None
    table = _table(path)
    names = table.column_names
    if len({*names}) != len(names):
        raise UnreadableTable(str(path), "two columns have the same name")
    if _looks_like_a_row(names):
        raise UnreadableTable(str(path), "its first line looks like a row, not like names of columns")
    return {name: plain(path, name, column) for name, column in zip(names, table.columns, strict=True)}


def _table(path: Path) -> pa.Table:
    suffix = path.suffix.lower()
    if suffix in PARQUET:
        return _parquet(path)
    if suffix in ARROW:
        return _arrow(path)
    if suffix == NPZ:
        return read_npz(path)
    return read_csv(path)


def _parquet(path: Path) -> pa.Table:
    import pyarrow as pa
    from pyarrow import parquet

    try:
        return parquet.read_table(path)
    except (OSError, ValueError, pa.ArrowException):
        raise UnreadableTable(str(path), "it is no Parquet file, or a damaged one") from None


def _arrow(path: Path) -> pa.Table:
    """Read a file, or a stream that somebody has kept in one, as Hugging Face's caches do."""
    import pyarrow as pa
    from pyarrow import feather, ipc

    with path.open("rb") as file:
        whole = file.read(len(MAGIC[0])) in MAGIC
    try:
        if whole:
            return feather.read_table(path)
        with pa.memory_map(str(path)) as source, ipc.open_stream(source) as stream:
            return stream.read_all()
    except (OSError, ValueError, pa.ArrowException):
        raise UnreadableTable(str(path), "it is no Arrow file or stream, nor Feather, or a damaged one") from None


def _looks_like_a_row(names: list[str]) -> bool:
    """Whether most of the names are numbers, and not a count of the columns: then there is no header."""
    numbers = [number for number in map(_number, names) if number is not None]
    counted = all(after - before == 1 for before, after in pairwise(numbers)) and numbers[:1] in ([0.0], [1.0])
    return 2 * len(numbers) > len(names) and not (counted and len(numbers) > 1)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
