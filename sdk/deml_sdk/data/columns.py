"""Columns of private data, from whatever file holds them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from deml_sdk.data.errors import UnreadableTable

if TYPE_CHECKING:
    import pyarrow as pa

PARQUET: Final = (".parquet", ".pq")
ARROW: Final = (".arrow", ".feather", ".ipc")
NPZ: Final = ".npz"

Columns = Mapping[str, "pa.ChunkedArray"]


def read_columns(path: Path, *, as_text: bool = False) -> Columns:
    """Read CSV with a header, Parquet, Arrow or Feather, or an npz file whose arrays are columns.

    In an npz file, a matrix ``x`` makes the columns ``x0``, ``x1`` and so on. With `as_text`, the cells of a CSV file
    are kept as they are written, so that one wrong cell does not change what its column is taken for.

    Raises
    ------
    UnreadableTable
    """
    import pyarrow as pa

    try:
        table = _table(path, as_text)
    except (OSError, ValueError, BadZipFile, pa.ArrowException) as error:
        raise UnreadableTable(str(path), str(error)) from error
    if len({*table.column_names}) != len(table.column_names):
        raise UnreadableTable(str(path), "two columns have the same name")
    return dict(zip(table.column_names, table.columns, strict=True))


def _table(path: Path, as_text: bool) -> pa.Table:
    suffix = path.suffix.lower()
    if suffix in PARQUET:
        from pyarrow import parquet

        return parquet.read_table(path)
    if suffix in ARROW:
        from pyarrow import feather

        return feather.read_table(path)
    if suffix == NPZ:
        return _npz(path)
    return _csv(path, as_text)


def _csv(path: Path, as_text: bool) -> pa.Table:
    import pyarrow as pa
    from pyarrow import csv

    if not as_text:
        return csv.read_csv(path)
    with csv.open_csv(path) as reader:
        names = reader.schema.names
    texts = {name: pa.string() for name in names}
    return csv.read_csv(path, convert_options=csv.ConvertOptions(column_types=texts))


def _npz(path: Path) -> pa.Table:
    import pyarrow as pa

    columns: dict[str, NDArray[Any]] = {}
    with np.load(path, allow_pickle=False) as file:
        for name in file.files:
            array = file[name]
            if array.ndim == 2:
                columns |= {f"{name}{index}": array[:, index] for index in range(array.shape[1])}
            elif array.ndim == 1:
                columns[name] = array
            else:
                raise ValueError(f"its array '{name}' has {array.ndim} dimensions, and a column has one")
    return pa.table({name: pa.array(column) for name, column in columns.items()})
