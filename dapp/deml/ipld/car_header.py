"""The header of a CARv1: the strict DAG-CBOR map ``{"roots": [CID, ...], "version": 1}``.

Only the four CBOR types that can stand in it are read, each in its shortest form and the keys in canonical order
(shorter first), as DAG-CBOR demands.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from deml.ipld.cid import Cid
from deml.ipld.errors import MalformedCar
from deml.ipld.varint import BytesLike

_UINT, _BYTES, _TEXT, _ARRAY, _MAP, _TAG = 0, 2, 3, 4, 5, 6
_NAMES: Final = {_UINT: "a number", _BYTES: "bytes", _TEXT: "a text", _ARRAY: "a list", _MAP: "a map", _TAG: "a tag"}

_CID_TAG: Final = 42
_WIDTHS: Final = {24: 1, 25: 2, 26: 4, 27: 8}
"""Bytes of an argument that does not fit the initial byte, by that byte's low five bits."""

_VERSION: Final = 1
_IDENTITY_MULTIBASE: Final = b"\0"
"""DAG-CBOR puts this byte before each binary CID."""


def encode(roots: Sequence[Cid]) -> bytes:
    """Write the header of a CAR with these roots."""
    items = []
    for root in roots:
        raw = _IDENTITY_MULTIBASE + root.binary
        items.append(_head(_TAG, _CID_TAG) + _head(_BYTES, len(raw)) + raw)
    return b"".join(
        (_head(_MAP, 2), _text("roots"), _head(_ARRAY, len(roots)), *items, _text("version"), _head(_UINT, _VERSION))
    )


def decode(data: BytesLike) -> tuple[Cid, ...]:
    """Read a header; return its roots, of which there may be none.

    Raises
    ------
    MalformedCar
    DemlError
        What `Cid.decode` raises.
    """
    reader = _HeaderReader(data)
    version: int | None = None
    roots: tuple[Cid, ...] | None = None
    previous = ""
    for _ in range(reader.head(_MAP)):
        key = reader.text()
        if (len(key), key) <= (len(previous), previous):
            raise MalformedCar("its header's keys are not in canonical order")
        previous = key
        if key == "version":
            version = reader.head(_UINT)
        elif key == "roots":
            roots = tuple([reader.cid() for _ in range(reader.head(_ARRAY))])
        else:
            raise MalformedCar("its header has a key other than 'roots' and 'version'")
    reader.finish()
    if version is None:
        raise MalformedCar("its header has no version")
    if version != _VERSION:
        raise MalformedCar(f"it has version {version}; only version 1 is accepted")
    if roots is None:
        raise MalformedCar("its header has no roots")
    return roots


class _HeaderReader:
    """A position in DAG-CBOR bytes."""

    def __init__(self, data: BytesLike) -> None:
        self._data = data
        self._position = 0

    def head(self, major: int) -> int:
        """Read the beginning of an item, which must be of type `major`; return its argument."""
        initial = self._take(1)[0]
        if initial >> 5 != major:
            raise MalformedCar(f"in its header {_NAMES[major]} is expected at byte {self._position - 1}")
        low = initial & 0x1F
        if low < 24:
            return low
        if low not in _WIDTHS:
            raise MalformedCar("its header has an item of indefinite or reserved length")
        argument = int.from_bytes(self._take(_WIDTHS[low]), "big")
        if len(_head(major, argument)) != 1 + _WIDTHS[low]:
            raise MalformedCar("its header has a number that is not in its shortest form")
        return argument

    def text(self) -> str:
        """Read a text of ASCII characters."""
        raw = self._take(self.head(_TEXT))
        if not raw.isascii():
            raise MalformedCar("its header has a key other than 'roots' and 'version'")
        return raw.decode("ascii")

    def cid(self) -> Cid:
        """Read a link."""
        if self.head(_TAG) != _CID_TAG:
            raise MalformedCar("its header has a tag other than 42")
        raw = self._take(self.head(_BYTES))
        if raw[:1] != _IDENTITY_MULTIBASE:
            raise MalformedCar("in its header, a root does not begin with a zero byte")
        return Cid.decode(raw[1:])

    def finish(self) -> None:
        """Make sure that nothing follows."""
        if self._position != len(self._data):
            raise MalformedCar("in its header, bytes follow the map")

    def _take(self, count: int) -> bytes:
        end = self._position + count
        if end > len(self._data):
            raise MalformedCar("its header is cut off")
        taken = bytes(self._data[self._position : end])
        self._position = end
        return taken


def _head(major: int, argument: int) -> bytes:
    if argument < 24:
        return bytes((major << 5 | argument,))
    low = next(low for low, width in _WIDTHS.items() if argument >> 8 * width == 0)
    return bytes((major << 5 | low,)) + argument.to_bytes(_WIDTHS[low], "big")


def _text(value: str) -> bytes:
    return _head(_TEXT, len(value)) + value.encode("ascii")
