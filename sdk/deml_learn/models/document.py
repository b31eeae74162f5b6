"""JSON from elsewhere, read step by step; what is not as expected is named by its path."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from deml_learn.models.boosters.ubjson import parse_ubjson
from deml_learn.models.errors import MalformedSource

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Document:
    """A value somewhere in a JSON document; every method raises `MalformedSource` if it is of another type."""

    kind: str
    value: Any
    path: str = ""

    @classmethod
    def parse(cls, kind: str, data: bytes) -> Document:
        """Read a whole document."""
        try:
            return cls(kind, json.loads(data))
        except (ValueError, RecursionError) as error:
            raise MalformedSource(kind, "it is not valid JSON, or nested too deeply") from error

    @classmethod
    def parse_binary(cls, kind: str, data: bytes) -> Document:
        """Read a whole document in UBJSON."""
        return cls(kind, parse_ubjson(kind, data))

    def at(self, *names: str) -> Document:
        """Go down into objects."""
        here = self
        for name in names:
            path = f"{here.path}.{name}".lstrip(".")
            if not isinstance(here.value, dict) or name not in here.value:
                raise MalformedSource(self.kind, f"it has no '{path[-80:]}'")
            here = Document(self.kind, here.value[name], path)
        return here

    def has(self, name: str) -> bool:
        """Whether this is an object with such a member."""
        return isinstance(self.value, dict) and name in self.value

    def names(self) -> set[str]:
        """Names of an object's members."""
        if not isinstance(self.value, dict):
            raise self.unexpected("an object")
        return set(self.value)

    def items(self) -> list[Document]:
        """Elements of an array."""
        if not isinstance(self.value, list):
            raise self.unexpected("an array")
        return [Document(self.kind, one, f"{self.path}[{place}]") for place, one in enumerate(self.value)]

    def text(self) -> str:
        """A text."""
        if not isinstance(self.value, str):
            raise self.unexpected("a text")
        return self.value

    def whole(self) -> int:
        """A whole number, perhaps written as a text."""
        try:
            return int(self.value)
        except (TypeError, ValueError, OverflowError) as error:
            raise self.unexpected("a whole number") from error

    def real(self) -> float:
        """A number."""
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            raise self.unexpected("a number")
        return float(self.value)

    def numbers(self, dtype: type, length: int | None = None) -> Array:
        """An array of numbers, of a certain length."""
        values = [one.value for one in self.items()]
        if not all(isinstance(one, int | float) for one in values) or length not in (None, len(values)):
            raise self.unexpected(f"an array of {length if length is not None else ''} numbers")
        try:
            with np.errstate(over="ignore"):
                return np.array(values, dtype)
        except (OverflowError, ValueError) as error:
            raise self.unexpected("an array of finite, smaller numbers") from error

    def unexpected(self, wanted: str) -> MalformedSource:
        """Say that something else should stand here."""
        return MalformedSource(self.kind, f"'{self.path[-80:]}' should be {wanted}")
