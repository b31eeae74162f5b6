"""Fields of the architecture JSON: taken one by one, checked, and none left over."""

from __future__ import annotations

from typing import Any

from deml.scoring.errors import ArchitectureOutOfBounds, MalformedArchitecture
from deml.scoring.task import Task


class Fields:
    """The fields not taken yet."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = dict(values)

    def text(self, name: str, *choices: str, default: str | None = None) -> str:
        """Take a text, one of `choices` if there are any; `default`, if there is one, where it is not given."""
        value = self._take(name) if default is None else self._values.pop(name, default)
        if not isinstance(value, str) or (choices and value not in choices):
            raise MalformedArchitecture(f"{name} must be {' or '.join(choices) or 'a text'}")
        return value

    def number(self, name: str, low: int, high: int, default: int | None = None) -> int:
        """Take a whole number within bounds; `default`, if there is one, where it is not given."""
        value = self._take(name) if default is None else self._values.pop(name, default)
        return _bounded(name, value, low, high)

    def task(self) -> Task:
        """Take what the outputs mean."""
        return Task(self.text("task", *Task))

    def outputs(self, task: Task, most: int) -> int:
        """Take how many outputs there are: 1 of a regression, else up to `most`."""
        return self.number("outputs", 1, 1 if task is Task.REGRESSION else most)

    def numbers(self, name: str, most: int, low: int, high: int, *, least: int = 1) -> tuple[int, ...]:
        """Take a list of `least` to `most` whole numbers within bounds."""
        values = self._take(name)
        if not isinstance(values, list):
            raise MalformedArchitecture(f"{name} must be a list of whole numbers")
        if not least <= len(values) <= most:
            raise ArchitectureOutOfBounds(f"length of {name}", len(values), least, most)
        return tuple(_bounded(name, value, low, high) for value in values)

    def pair(self, name: str, low: int, high: int, default: tuple[int, int] | None = None) -> tuple[int, int]:
        """Take a list of two whole numbers within bounds; `default`, if there is one, where it is not given."""
        if default is not None and name not in self._values:
            return default
        values = self._take(name)
        if not isinstance(values, list) or len(values) != 2:
            raise MalformedArchitecture(f"{name} must be a list of two whole numbers")
        return _bounded(name, values[0], low, high), _bounded(name, values[1], low, high)

    def entries(self, name: str, most: int) -> tuple[Fields, ...]:
        """Take a list of 1 to `most` objects; each must be finished, too."""
        values = self._take(name)
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            raise MalformedArchitecture(f"{name} must be a list of objects")
        if not 1 <= len(values) <= most:
            raise ArchitectureOutOfBounds(f"number of {name}", len(values), 1, most)
        return tuple(Fields(value) for value in values)

    def flag(self, name: str) -> bool:
        """Take true or false; false where it is not given."""
        value = self._values.pop(name, False)
        if not isinstance(value, bool):
            raise MalformedArchitecture(f"{name} must be true or false")
        return value

    def finish(self) -> None:
        """Refuse fields that nobody has taken."""
        for name in self._values:
            raise MalformedArchitecture(f"there is no field {name!a:.60}")

    def _take(self, name: str) -> Any:
        if name not in self._values:
            raise MalformedArchitecture(f"{name} is missing")
        return self._values.pop(name)


def _bounded(name: str, value: Any, low: int, high: int) -> int:
    if type(value) is not int:
        raise MalformedArchitecture(f"{name} must be a whole number")
    if not low <= value <= high:
        raise ArchitectureOutOfBounds(name, value, low, high)
    return value
