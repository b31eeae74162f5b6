"""Universal Binary JSON, draft 12, as XGBoost writes it; from strangers, so nothing is set aside in advance."""

from __future__ import annotations

import struct
from typing import Any, Final

import numpy as np

from deml_learn.models.errors import MalformedSource

MAX_DEPTH: Final = 64
"""Arrays and objects within one another; XGBoost's files have nine."""

NUMBERS: Final = {b"i": ">i1", b"U": ">u1", b"I": ">i2", b"l": ">i4", b"L": ">i8", b"d": ">f4", b"D": ">f8"}
"""NumPy's name for each type of number."""
LENGTHS: Final = {b"i": ">b", b"U": ">B", b"I": ">h", b"l": ">i", b"L": ">q"}
CONSTANTS: Final = {b"Z": None, b"T": True, b"F": False}


def parse_ubjson(kind: str, data: bytes) -> Any:
    """Read a whole document: what JSON would give.

    Parameters
    ----------
    kind
        What errors call the source.

    Raises
    ------
    MalformedSource
    """
    reader = _UbjsonReader(kind, data)
    found = reader.value(reader.take(1), 0)
    if reader.place != len(data):
        raise reader.malformed("something follows its end")
    return found


class _UbjsonReader:
    def __init__(self, kind: str, data: bytes) -> None:
        self._kind = kind
        self._data = data
        self.place = 0

    def malformed(self, reason: str) -> MalformedSource:
        return MalformedSource(self._kind, f"it is no valid UBJSON: {reason}, at byte {self.place}")

    def take(self, size: int) -> bytes:
        found = self._data[self.place : self.place + size]
        if len(found) != size:
            raise self.malformed("it ends too early")
        self.place += size
        return found

    def value(self, marker: bytes, depth: int) -> Any:
        """A value whose marker was read."""
        if depth > MAX_DEPTH:
            raise self.malformed("it is nested too deeply")
        if marker in CONSTANTS:
            return CONSTANTS[marker]
        if marker in NUMBERS:
            return self._numbers(marker, 1)[0]
        match marker:
            case b"S":
                return self._text(self.take(1))
            case b"[":
                return self._array(depth)
            case b"{":
                return self._object(depth)
            case _:
                raise self.malformed("there is a type that no model has")

    def _numbers(self, marker: bytes, count: int) -> list[Any]:
        dtype = np.dtype(NUMBERS[marker])
        found: list[Any] = np.frombuffer(self.take(count * dtype.itemsize), dtype).tolist()
        return found

    def _length(self, marker: bytes) -> int:
        """How many come: never more than there are bytes left."""
        if marker not in LENGTHS:
            raise self.malformed("there is no length where one should be")
        layout = LENGTHS[marker]
        length: int = struct.unpack(layout, self.take(struct.calcsize(layout)))[0]
        if not 0 <= length <= len(self._data) - self.place:
            raise self.malformed("something is longer than the file")
        return length

    def _text(self, marker: bytes) -> str:
        try:
            return self.take(self._length(marker)).decode()
        except UnicodeDecodeError as error:
            raise self.malformed("a text is not UTF-8") from error

    def _array(self, depth: int) -> list[Any]:
        marker = self.take(1)
        if marker == b"$":
            kind, count = self.take(1), self._count(self.take(1))
            if kind not in NUMBERS:
                raise self.malformed("an array has a type that no model has")
            return self._numbers(kind, count)
        if marker == b"#":
            return [self.value(self.take(1), depth + 1) for _ in range(self._length(self.take(1)))]
        found = []
        while marker != b"]":
            found.append(self.value(marker, depth + 1))
            marker = self.take(1)
        return found

    def _count(self, marker: bytes) -> int:
        if marker != b"#":
            raise self.malformed("an array of one type does not tell its length")
        return self._length(self.take(1))

    def _object(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        marker = self.take(1)
        count = self._length(self.take(1)) if marker == b"#" else None
        while len(found) != count if count is not None else marker != b"}":
            if count is not None:
                marker = self.take(1)
            name = self._text(marker)
            if name in found:
                raise self.malformed("an object has a member twice")
            found[name] = self.value(self.take(1), depth + 1)
            if count is None:
                marker = self.take(1)
        return found
