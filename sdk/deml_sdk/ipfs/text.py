"""Texts from outside, before they are read or shown."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from deml_sdk.visible import visible

SHOWN_CHARACTERS: Final = 200
"""Longer ones are cut."""

MAX_NESTING: Final = 64
"""Deepest JSON read. The parser recurses, and where a library has raised Python's limit, deep JSON ends the process."""

_TEXT: Final = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_BRACKET: Final = re.compile(rb"[][{}]")


def read_json(raw: bytes) -> Any:
    """Read JSON.

    Raises
    ------
    ValueError
        If it is none, or nested too deeply.
    """
    depth = 0
    for found in _BRACKET.finditer(_TEXT.sub(b"", raw)):
        depth += 1 if found[0] in b"[{" else -1
        if depth > MAX_NESTING:
            raise ValueError(f"it is nested more than {MAX_NESTING} deep")
    return json.loads(raw)


def printable(text: str) -> str:
    """Make a text fit for one line of a terminal: hidden characters spelled out, and not too long."""
    return visible(text[:SHOWN_CHARACTERS]) + ("..." if len(text) > SHOWN_CHARACTERS else "")
