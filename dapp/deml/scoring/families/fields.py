"""Fields of the architecture JSON: taken one by one, checked, and none left over."""

from __future__ import annotations

from typing import Any

from deml.scoring.errors import ArchitectureOutOfBounds, MalformedArchitecture


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

    def number(self, name: str, low: int, high: int) -> int:
        """Take a whole number within bounds."""
        return _bounded(name, self._take(name), low, high)

    def numbers(self, name: str, most: int, low: int, high: int) -> tuple[int, ...]:
        """Take a list of 1 to `most` whole numbers within bounds."""
        values = self._take(name)
        if not isinstance(values, list):
            raise MalformedArchitecture(f"{name} must be a list of whole numbers")
        if not 1 <= len(values) <= most:
            raise ArchitectureOutOfBounds(f"number of {name} layers", len(values), 1, most)
        return tuple(_bounded(name, value, low, high) for value in values)

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
