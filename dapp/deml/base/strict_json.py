"""JSON from strangers, read alike by every interpreter.

What a parser of Python's refuses depends on its version: how deep it follows brackets (about 990 levels in 3.11, 10,000
in 3.13), how long a number it converts. So both are looked at before, in time that grows with the text's length alone,
and held to less than any of them takes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any, Final

MAX_DEPTH: Final = 8
"""Most brackets within each other; the deepest that anything here has are four, in a convolutional architecture."""

MAX_DIGITS: Final = 19
"""Most digits in a row, enough for any number of 63 bits."""

Pairs = list[tuple[str, Any]]

_STRING: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
"""A string, also one that never ends: whatever the text, no character is looked at twice."""
_LONG_NUMBER: Final = re.compile(rb"[0-9]{%d}" % (MAX_DIGITS + 1))
_BRACKETS: Final = bytes.maketrans(b"{[]}", b"(())")
_NO_BRACKETS: Final = bytes(one for one in range(256) if one not in b"{[]}")


def parse(text: bytes, pairs: Callable[[Pairs], Any] = dict) -> Any:
    """Parse a JSON text in UTF-8, as RFC 8259 has it: without NaN and infinities.

    Parameters
    ----------
    pairs
        What makes a value of an object's names and values, in their order; names may be repeated there.

    Raises
    ------
    ValueError
        If it is not JSON, has more than `MAX_DEPTH` brackets within each other, or more than `MAX_DIGITS` digits in a
        row. Its message must not get into an output: interpreters word it differently.
    """
    bare = _STRING.sub(b"", text)
    if _LONG_NUMBER.search(bare):
        raise ValueError("a number is too long")
    brackets = bare.translate(_BRACKETS, _NO_BRACKETS)
    depth = 0
    while brackets:
        depth, brackets = depth + 1, brackets.replace(b"()", b"")
        if brackets and depth == MAX_DEPTH:
            raise ValueError("brackets are nested too deep, or do not match")
    return _decoder(pairs).decode(text.decode())


@cache
def _decoder(pairs: Callable[[Pairs], Any]) -> json.JSONDecoder:
    """Keep what `json.loads` would make anew for every text."""
    return json.JSONDecoder(object_pairs_hook=pairs, parse_constant=_refuse)


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not JSON")
