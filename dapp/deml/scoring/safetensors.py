"""safetensors, read strictly and written deterministically.

The format: a header length (8 bytes, little-endian), a JSON object of tensor name to ``dtype``, ``shape`` and
``data_offsets``, perhaps ``__metadata__``, then the tensors' bytes without gaps (safetensors repository, "Format").
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from math import prod
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from deml.base import strict_json
from deml.scoring.errors import (
    BytesAfterTensors,
    GapBetweenTensors,
    HeaderTooLong,
    MalformedMetadata,
    MalformedSafetensors,
    MalformedTensor,
    OverlappingTensors,
    RepeatedName,
    TensorSizeMismatch,
    TruncatedTensor,
    UnsupportedDtype,
)

Tensor = NDArray[Any]

DTYPES: Final[dict[str, np.dtype[Any]]] = {
    "I64": np.dtype("<i8"),
    "F32": np.dtype("<f4"),
    "I32": np.dtype("<i4"),
    "BF16": np.dtype("<u2"),
    "F16": np.dtype("<f2"),
    "I16": np.dtype("<i2"),
    "I8": np.dtype("i1"),
    "U8": np.dtype("u1"),
}
"""The types that are read, by their names in the header, in the order in which the safetensors library stores them.

numpy has no bfloat16: an array of unsigned 16-bit numbers holds the upper halves of float32s."""

_NAMES: Final = tuple(DTYPES)

MAX_HEADER_BYTES: Final = 65_536
"""Longest header: about 600 tensors. The format allows 100 MB, which no model here needs."""

MAX_DIMENSIONS: Final = 8
"""Most dimensions of a tensor."""

MAX_ELEMENTS: Final = 2**40
"""Largest size, offset and product of a shape's sizes, zeros left out: numpy has limits for empty arrays, too."""

_ALIGNMENT: Final = 8
_FIELDS: Final = {"dtype", "shape", "data_offsets"}


class _Entry(NamedTuple):
    name: str
    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    begin: int
    end: int

    @property
    def size(self) -> int:
        return prod(self.shape) * self.dtype.itemsize


def read_tensors(data: bytes) -> dict[str, Tensor]:
    """Read all tensors of a file; the arrays are read-only views of `data`.

    Raises
    ------
    MalformedSafetensors, HeaderTooLong, RepeatedName, MalformedMetadata
        If the header as a whole cannot be read.
    MalformedTensor, UnsupportedDtype
        If an entry of the header does not describe a tensor, or one of a type that is not in `DTYPES`.
    TensorSizeMismatch, OverlappingTensors, GapBetweenTensors, TruncatedTensor, BytesAfterTensors
        If the tensors do not fill the rest of the file exactly.
    """
    header, start = _header(data)
    entries = [_entry(name, value) for name, value in header.items()]
    entries.sort(key=lambda one: (one.begin, one.end))
    tensors = {}
    position = 0
    for entry in entries:
        _check_place(entry, position, len(data) - start)
        tensors[entry.name] = np.ndarray(entry.shape, entry.dtype, data, start + entry.begin)
        position = entry.end
    if start + position != len(data):
        raise BytesAfterTensors(len(data) - start - position)
    return tensors


def write_tensors(tensors: Mapping[str, Tensor], metadata: Mapping[str, str] | None = None) -> bytes:
    """Write a file, with the very bytes that the safetensors library writes.

    Tensors stand in the order of `DTYPES`, those of one type in name order; spaces pad the header to a multiple of 8.
    `metadata` is for people; scoring ignores it.

    Raises
    ------
    UnsupportedDtype
        If a tensor has a type that is not in `DTYPES`.
    """
    parts = sorted((_rank(name, tensor), name) for name, tensor in tensors.items())
    header: dict[str, Any] = {"__metadata__": dict(metadata)} if metadata else {}
    end = 0
    for rank, name in parts:
        begin, end = end, end + tensors[name].nbytes
        shape = list(tensors[name].shape)
        header[name] = {"dtype": _NAMES[rank], "shape": shape, "data_offsets": [begin, end]}
    text = json.dumps(header, separators=(",", ":"), ensure_ascii=False).encode()
    text += b" " * (-len(text) % _ALIGNMENT)
    return b"".join((len(text).to_bytes(8, "little"), text, *(tensors[name].tobytes() for _, name in parts)))


def dtype_name(tensor: Tensor) -> str:
    """Say what the header calls a tensor's type.

    Raises
    ------
    UnsupportedDtype
    """
    return _NAMES[_rank("", tensor)]


def _rank(name: str, tensor: Tensor) -> int:
    for rank, dtype in enumerate(DTYPES.values()):
        if dtype == tensor.dtype:
            return rank
    raise UnsupportedDtype(name, str(tensor.dtype), ", ".join(DTYPES))


def _header(data: bytes) -> tuple[dict[str, Any], int]:
    if len(data) < 8:
        raise MalformedSafetensors("it is shorter than 8 bytes")
    length = int.from_bytes(data[:8], "little")
    if 8 + length > len(data):
        raise MalformedSafetensors("it ends inside its header")
    if length > MAX_HEADER_BYTES:
        raise HeaderTooLong(length, MAX_HEADER_BYTES)
    text = data[8 : 8 + length]
    if not text.startswith(b"{"):
        raise MalformedSafetensors("its header is not a JSON object")
    try:
        header = strict_json.parse(text, _unique)
    except ValueError as error:
        raise MalformedSafetensors("its header is not valid JSON") from error
    metadata = header.pop("__metadata__", {})
    if not isinstance(metadata, dict) or not all(isinstance(value, str) for value in metadata.values()):
        raise MalformedMetadata()
    return header, 8 + length


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in pairs:
        if name in made:
            raise RepeatedName(_shown(name))
        made[name] = value
    return made


def _entry(name: str, value: Any) -> _Entry:
    if not name.isascii() or not name.isprintable():
        raise MalformedTensor(_shown(name), "the name has characters other than printable ASCII")
    if not isinstance(value, dict) or value.keys() != _FIELDS:
        raise MalformedTensor(_shown(name), "dtype, shape and data_offsets are needed, and nothing else")
    dtype, shape, offsets = value["dtype"], value["shape"], value["data_offsets"]
    if not isinstance(dtype, str) or dtype not in DTYPES:
        raise UnsupportedDtype(name[:60], f"{dtype!a:.20}", ", ".join(DTYPES))
    if not _naturals(shape, MAX_DIMENSIONS) or prod(filter(None, shape)) > MAX_ELEMENTS:
        raise MalformedTensor(_shown(name), f"shape must be a list of at most {MAX_DIMENSIONS} sizes")
    if not _naturals(offsets, 2) or len(offsets) != 2 or offsets[0] > offsets[1]:
        raise MalformedTensor(_shown(name), "data_offsets must be where it begins and where it ends")
    return _Entry(name, DTYPES[dtype], tuple(shape), offsets[0], offsets[1])


def _shown(name: str) -> str:
    return f"{name!a:.60}"


def _check_place(entry: _Entry, position: int, available: int) -> None:
    if entry.begin < position:
        raise OverlappingTensors(entry.name[:60], entry.begin, position)
    if entry.begin > position:
        raise GapBetweenTensors(entry.name[:60], entry.begin, position)
    if entry.end - entry.begin != entry.size:
        raise TensorSizeMismatch(entry.name[:60], entry.end - entry.begin, entry.size)
    if entry.end > available:
        raise TruncatedTensor(entry.name[:60], entry.end - available)


def _naturals(value: Any, most: int) -> bool:
    if not isinstance(value, list) or len(value) > most:
        return False
    return all(type(one) is int and 0 <= one <= MAX_ELEMENTS for one in value)
