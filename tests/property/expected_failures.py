"""What every decoder promises: a result or an expected failure, whatever the input."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from deml.base.errors import DemlError

Result = TypeVar("Result")


def attempt(action: Callable[[], Result]) -> Result | DemlError:
    """Result of `action`, or the failure it ended in, which must explain itself; another exception is a bug."""
    try:
        return action()
    except DemlError as failure:
        if not failure.as_report()["message"]:
            raise AssertionError("this failure explains nothing") from failure
        return failure
