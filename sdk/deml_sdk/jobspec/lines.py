"""JSON that remembers on which line each value stands, so that a mistake can be pointed at."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from json.decoder import JSONDecodeError
from typing import Any, Final

Path = tuple[str | int, ...]
"""Keys and indices that lead to a value from the top."""

_SPACE: Final = re.compile(r"[ \t\n\r]*")
_SCALARS: Final = json.JSONDecoder(parse_constant=lambda name: _refuse(name))
_DEEPEST: Final = 32


@dataclass(frozen=True, slots=True)
class Located:
    """A JSON value, and the line of each value in it."""

    value: Any
    lines: Mapping[Path, int]

    def line(self, names: Iterable[str | int]) -> int:
        """Line of the value that names lead to; names that lead nowhere are skipped."""
        path: Path = ()
        for name in names:
            if (*path, name) in self.lines:
                path = (*path, name)
        return self.lines[path]


class LocatedError(ValueError):
    """Text that is not JSON, or repeats a field."""

    def __init__(self, problem: str, line: int) -> None:
        super().__init__(problem)
        self.problem, self.line = problem, line


def parse_located(text: str) -> Located:
    """Read JSON.

    Raises
    ------
    LocatedError
    """
    reader = _LineReader(text)
    try:
        value, end = reader.value(0, ())
        end = reader.skip(end)
        if end != len(text):
            raise JSONDecodeError("Something follows the end of the document", text, end)
    except JSONDecodeError as error:
        raise LocatedError(error.msg, error.lineno) from error
    return Located(value, reader.lines)


@dataclass
class _LineReader:
    text: str
    lines: dict[Path, int] = field(default_factory=dict)
    breaks: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.breaks = [match.start() for match in re.finditer("\n", self.text)]

    def skip(self, at: int) -> int:
        match = _SPACE.match(self.text, at)
        return at if match is None else match.end()

    def value(self, at: int, path: Path) -> tuple[Any, int]:
        at = self.skip(at)
        if len(path) > _DEEPEST:
            raise JSONDecodeError(f"Values are nested more than {_DEEPEST} deep", self.text, at)
        self.lines[path] = bisect_left(self.breaks, at) + 1
        match self.text[at : at + 1]:
            case "{":
                return self._object(at + 1, path)
            case "[":
                return self._array(at + 1, path)
            case _:
                return self._scalar(at)

    def _scalar(self, at: int) -> tuple[Any, int]:
        try:
            return _SCALARS.raw_decode(self.text, at)
        except JSONDecodeError:
            raise
        except ValueError as error:
            raise JSONDecodeError(str(error), self.text, at) from error

    def _object(self, at: int, path: Path) -> tuple[dict[str, Any], int]:
        made: dict[str, Any] = {}
        at = self.skip(at)
        if self.text[at : at + 1] == "}":
            return made, at + 1
        while True:
            at = self.skip(at)
            if self.text[at : at + 1] != '"':
                raise JSONDecodeError("A name in double quotes is expected", self.text, at)
            start = at
            key, at = self._scalar(at)
            if key in made:
                raise JSONDecodeError(f"The field {key!a:.60} is repeated", self.text, start)
            at = self._expect(":", at)
            made[key], at = self.value(at, (*path, key))
            at, more = self._next("}", at)
            if not more:
                return made, at

    def _array(self, at: int, path: Path) -> tuple[list[Any], int]:
        made: list[Any] = []
        at = self.skip(at)
        if self.text[at : at + 1] == "]":
            return made, at + 1
        while True:
            one, at = self.value(at, (*path, len(made)))
            made.append(one)
            at, more = self._next("]", at)
            if not more:
                return made, at

    def _expect(self, mark: str, at: int) -> int:
        at = self.skip(at)
        if self.text[at : at + 1] != mark:
            raise JSONDecodeError(f"'{mark}' is expected", self.text, at)
        return at + 1

    def _next(self, close: str, at: int) -> tuple[int, bool]:
        at = self.skip(at)
        mark = self.text[at : at + 1]
        if mark not in (close, ","):
            raise JSONDecodeError(f"',' or '{close}' is expected", self.text, at)
        return at + 1, mark == ","


def _refuse(name: str) -> Any:
    raise ValueError(f"{name} is not a number in JSON")
