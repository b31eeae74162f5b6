"""Texts from outside, before they are shown."""

from __future__ import annotations

from typing import Final

SHOWN_CHARACTERS: Final = 200
"""Longer ones are cut."""


def printable(text: str) -> str:
    """Make a text fit for a terminal: no control characters, and not too long."""
    clean = "".join(one if one.isprintable() else " " for one in text)
    return clean if len(clean) <= SHOWN_CHARACTERS else clean[:SHOWN_CHARACTERS] + "..."
