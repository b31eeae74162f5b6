"""Foreign text made harmless for a terminal: characters that nobody sees are spelled out.

Titles, descriptions and other people's messages could otherwise move the cursor, change colours, or turn the direction
of what follows, and so make the screen say what the command did not.
"""

from __future__ import annotations

import re
from typing import Final
from unicodedata import category

_HIDDEN: Final = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Control, format (which holds the bidirectional ones), private use, surrogates, separators of lines and paragraphs."""


_HEXADECIMAL: Final = re.compile(r"\b(?:0x[0-9a-fA-F]{40,}|[0-9a-f]{64})\b")
_CID: Final = re.compile(r"\b(?:b[a-z2-7]{50,}|Qm[1-9A-HJ-NP-Za-km-z]{44})\b")


def visible(text: str) -> str:
    """Spell out hidden characters, ends of lines among them, by their escapes in Python."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(one.encode("unicode_escape").decode() if category(one) in _HIDDEN else one for one in text)


def visible_lines(text: str) -> str:
    """Spell out hidden characters but ends of lines."""
    return "\n".join(map(visible, text.split("\n")))


def shortened(text: str) -> str:
    """Shorten accounts, hashes and CIDs in the middle; begin and end are what people compare."""
    text = _HEXADECIMAL.sub(lambda found: f"{found[0][:6]}...{found[0][-4:]}", text)
    return _CID.sub(lambda found: f"{found[0][:8]}...{found[0][-5:]}", text)
