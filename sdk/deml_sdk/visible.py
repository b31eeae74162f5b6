"""Foreign text made harmless for a terminal: characters that nobody sees are spelled out.

Titles, descriptions and other people's messages could otherwise move the cursor, change colours, or turn the direction
of what follows, and so make the screen say what the command did not.
"""

from __future__ import annotations

from typing import Final
from unicodedata import category

_HIDDEN: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Control, format (which holds the bidirectional ones), private use, surrogates, separators of lines and paragraphs."""


def visible(text: str) -> str:
    """Spell out hidden characters, ends of lines among them, by their escapes in Python."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(one.encode("unicode_escape").decode() if category(one) in _HIDDEN else one for one in text)


def visible_lines(text: str) -> str:
    """Spell out hidden characters but ends of lines."""
    return "\n".join(map(visible, text.split("\n")))
