"""An observer that keeps what it is told."""

from __future__ import annotations

from deml_sdk.progress import Silent


class Ears(Silent):
    """Hears what a user would be shown."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    def waiting(self, text: str):
        self.heard.append(text)
        return super().waiting(text)

    def note(self, text: str) -> None:
        self.heard.append(text)
