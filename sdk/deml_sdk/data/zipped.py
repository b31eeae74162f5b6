"""npz: arrays of NumPy, each a column, or a matrix of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile
from zlib import error as ZlibError  # noqa: N812 - it is the class of an error

import numpy as np
from numpy.typing import NDArray

from deml_sdk.data.errors import UnreadableTable

if TYPE_CHECKING:
    import pyarrow as pa

Array = NDArray[Any]


def read_npz(path: Path) -> pa.Table:
    """Read a file; a matrix ``x`` makes the columns ``x0``, ``x1`` and so on.

    Raises
    ------
    UnreadableTable
    """
    import pyarrow as pa

    columns: dict[str, Array] = {}
    for name, array in _arrays(path).items():
        if array.ndim not in (1, 2):
            raise UnreadableTable(str(path), f"its array '{name}' has {array.ndim} dimensions, and a column has one")
        parts = {name: array} if array.ndim == 1 else {f"{name}{place}": one for place, one in enumerate(array.T)}
        if not columns.keys().isdisjoint(parts):
            raise UnreadableTable(str(path), "two columns have the same name")
        columns |= parts
    lengths = {len(one) for one in columns.values()}
    if len(lengths) > 1:
        raise UnreadableTable(str(path), f"its arrays have {min(lengths)} to {max(lengths)} rows")
    return pa.table({name: pa.array(one) for name, one in columns.items()})


def _arrays(path: Path) -> dict[str, Array]:
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            return {name: _native(path, name, _read(path, file, name)) for name in file.files}
    except (OSError, ValueError, EOFError, BadZipFile, ZlibError, AttributeError, TypeError):
        raise UnreadableTable(str(path), "it is no npz file, or a damaged one") from None


def _read(path: Path, file: Any, name: str) -> Array:
    try:
        return np.asarray(file[name])
    except ValueError:
        problem = f"its array '{name}' holds Python objects, for which allow_pickle would be needed, or is damaged"
        raise UnreadableTable(str(path), problem) from None


def _native(path: Path, name: str, array: Array) -> Array:
    """Bring an array to a type that a column has: numbers in this machine's byte order, truth values, or text."""
    match array.dtype.kind:
        case "U":
            texts = [one.encode(errors="replace").decode() for one in array.ravel().tolist()]
            return np.array(texts, dtype=str).reshape(array.shape)
        case "b" | "i" | "u":
            return array.astype(array.dtype.newbyteorder("="))
        case "f":
            return array.astype(np.float64 if array.dtype.itemsize >= 8 else np.float32)
        case "S":
            return np.array([one.decode(errors="replace") for one in array.ravel()], dtype=str).reshape(array.shape)
        case _:
            raise UnreadableTable(
                str(path), f"its array '{name}' is of type {array.dtype.kind!r}, not of numbers or text"
            )
