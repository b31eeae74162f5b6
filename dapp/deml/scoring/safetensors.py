"""safetensors, read strictly and written deterministically.

The format: a header length (8 bytes, little-endian), a JSON object of tensor name to ``dtype``, ``shape`` and
``data_offsets``, perhaps ``__metadata__``, then the tensors' bytes without gaps (safetensors repository, "Format").
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from deml.scoring.errors import MalformedSafetensors, UnsupportedDtype

Tensor = NDArray[Any]

DTYPES: Final[dict[str, np.dtype[Any]]] = {
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
    "I64": np.dtype("<i8"),
    "I32": np.dtype("<i4"),
    "U8": np.dtype("u1"),
}
"""The types that are read, by their names in the header."""

MAX_HEADER_BYTES: Final = 65_536
"""Longest header: about 600 tensors. The format allows 100 MB, which no model here needs."""

MAX_DIMENSIONS: Final = 8
"""Most dimensions of a tensor."""

_ALIGNMENT: Final = 8


@dataclass(frozen=True, slots=True)
class _Entry:
    name: str
    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int


def read_tensors(data: bytes) -> dict[str, Tensor]:
    """Read all tensors of a file; the arrays are read-only views of `data`.

    Raises
    ------
    MalformedSafetensors
        If the header is oversized, no JSON object, or has duplicate or unknown keys; if a tensor's size is not what
        type and shape make it; if tensors overlap, leave gaps, or do not fill the file.
    UnsupportedDtype
        If a tensor has a type that is not in `DTYPES`.
    """
    header, start = _header(data)
    entries = sorted((_entry(name, value) for name, value in header.items()), key=lambda one: (one.begin, one.end))
    position = 0
    tensors = {}
    for entry in entries:
        if entry.begin != position:
            raise MalformedSafetensors(f"tensor {entry.name!r:.60} begins at {entry.begin}, not at {position}")
        dtype, count = DTYPES[entry.dtype], _count(entry.shape)
        if entry.end - entry.begin != count * dtype.itemsize or start + entry.end > len(data):
            raise MalformedSafetensors(f"tensor {entry.name!r:.60} does not fit its place")
        flat = np.frombuffer(data, dtype, count, start + entry.begin)
        tensors[entry.name] = flat.reshape(entry.shape)
        position = entry.end
    if start + position != len(data):
        raise MalformedSafetensors(f"{len(data) - start - position} bytes follow the last tensor")
    return tensors


def write_tensors(tensors: Mapping[str, Tensor]) -> bytes:
    """Write a file: tensors in name order, the header padded with spaces to a multiple of 8 bytes.

    Raises
    ------
    UnsupportedDtype
        If a tensor has a type that is not in `DTYPES`.
    """
    header: dict[str, Any] = {}
    parts = []
    position = 0
    for name in sorted(tensors):
        tensor = np.ascontiguousarray(tensors[name])
        dtype = next((key for key, value in DTYPES.items() if value == tensor.dtype), None)
        if dtype is None:
            raise UnsupportedDtype(name, str(tensor.dtype), ", ".join(DTYPES))
        end = position + tensor.nbytes
        header[name] = {"dtype": dtype, "shape": list(tensors[name].shape), "data_offsets": [position, end]}
        parts.append(tensor.tobytes())
        position = end
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _ALIGNMENT)
    return len(text).to_bytes(8, "little") + text + b"".join(parts)


def _header(data: bytes) -> tuple[dict[str, Any], int]:
    if len(data) < 8:
        raise MalformedSafetensors("it is shorter than 8 bytes")
    length = int.from_bytes(data[:8], "little")
    if length > MAX_HEADER_BYTES:
        raise MalformedSafetensors(f"its header is given as {length} bytes, above the limit of {MAX_HEADER_BYTES}")
    if 8 + length > len(data):
        raise MalformedSafetensors("it ends inside its header")
    try:
        header = json.loads(data[8 : 8 + length].decode(), object_pairs_hook=_unique)
    except (ValueError, RecursionError) as error:
        raise MalformedSafetensors(f"its header is no JSON ({type(error).__name__})") from error
    if not isinstance(header, dict):
        raise MalformedSafetensors("its header is no JSON object")
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise MalformedSafetensors("its metadata is no object of texts")
    return header, 8 + length


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("duplicate keys")
    return made


def _entry(name: str, value: Any) -> _Entry:
    if not isinstance(value, dict) or sorted(value) != ["data_offsets", "dtype", "shape"]:
        raise MalformedSafetensors(f"tensor {name!r:.60} is not described by dtype, shape and data_offsets alone")
    dtype, shape, offsets = value["dtype"], value["shape"], value["data_offsets"]
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise UnsupportedDtype(name[:60], f"{dtype!s:.20}", ", ".join(DTYPES))
    if not _naturals(shape) or len(shape) > MAX_DIMENSIONS:
        raise MalformedSafetensors(f"tensor {name!r:.60} has no proper shape")
    if not _naturals(offsets) or len(offsets) != 2 or offsets[0] > offsets[1]:
        raise MalformedSafetensors(f"tensor {name!r:.60} has no proper offsets")
    return _Entry(name, dtype, tuple(shape), offsets[0], offsets[1])


def _naturals(value: Any) -> bool:
    return isinstance(value, list) and all(type(one) is int and 0 <= one < 2**48 for one in value)


def _count(shape: tuple[int, ...]) -> int:
    count = 1
    for size in shape:
        count *= size
    return count
