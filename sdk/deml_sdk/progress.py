"""How a program is told what long work is doing; the SDK shows nothing itself."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Final, Protocol


class ProgressCallback(Protocol):
    """Moves a bar on by `done`; `text` describes what is being done now."""

    def __call__(self, done: int, text: str | None = None, /) -> None:
        """Move on."""


class Observer(Protocol):
    """Told of everything that takes a while, and of what a user should know besides."""

    def progress(self, description: str, total: int) -> AbstractContextManager[ProgressCallback]:
        """Work of a known length begins."""

    def transfer(self, description: str) -> AbstractContextManager[Callable[[int, int | None], None]]:
        """A download begins; called with the bytes received, and all of them where known."""

    def waiting(self, text: str) -> AbstractContextManager[Callable[[str], None]]:
        """Something is waited for, nobody knows how long; called with a new text when that changes."""

    def note(self, text: str) -> None:
        """Tell something in passing."""

    def warn(self, text: str) -> None:
        """Tell something that should not be missed."""


class Silent:
    """An observer that shows nothing."""

    def progress(self, description: str, total: int) -> AbstractContextManager[ProgressCallback]:  # noqa: ARG002
        """Show nothing."""
        return nullcontext(_ignore)

    def transfer(self, description: str) -> AbstractContextManager[Callable[[int, int | None], None]]:  # noqa: ARG002
        """Show nothing."""
        return nullcontext(_ignore)

    def waiting(self, text: str) -> AbstractContextManager[Callable[[str], None]]:  # noqa: ARG002
        """Show nothing."""
        return nullcontext(_ignore)

    def note(self, text: str) -> None:
        """Show nothing."""

    def warn(self, text: str) -> None:
        """Show nothing."""


def _ignore(*_: object) -> None:
    """Take anything and do nothing."""


SILENT: Final = Silent()
"""The observer of programs that give none."""
