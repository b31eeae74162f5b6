"""A mapping's changes, kept apart until they are applied together."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Final, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class _Deleted:
    __slots__ = ()


_DELETED: Final = _Deleted()


class Overlay(MutableMapping[K, V], Generic[K, V]):
    """Reads through to `below`, holds back what is written, and leaves `below` as it is until `apply`."""

    __slots__ = ("_below", "_changes")

    def __init__(self, below: MutableMapping[K, V]) -> None:
        self._below = below
        self._changes: dict[K, V | _Deleted] = {}

    def __getitem__(self, key: K) -> V:
        if key not in self._changes:
            return self._below[key]
        value = self._changes[key]
        if isinstance(value, _Deleted):
            raise KeyError(key)
        return value

    def __setitem__(self, key: K, value: V) -> None:
        self._changes[key] = value

    def __delitem__(self, key: K) -> None:
        if key not in self:
            raise KeyError(key)
        self._changes[key] = _DELETED

    def __iter__(self) -> Iterator[K]:
        yield from (key for key in self._below if self._changes.get(key) is not _DELETED)
        yield from (key for key, value in self._changes.items() if value is not _DELETED and key not in self._below)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def apply(self) -> None:
        """Write all changes to what is below."""
        for key, value in self._changes.items():
            if isinstance(value, _Deleted):
                self._below.pop(key, None)
            else:
                self._below[key] = value
