"""What a cell says, from whatever file it comes: the same word or number, however the file's type writes it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from math import isnan
from typing import Any, Final

MISSING: Final = frozenset({"", "NA", "N/A", "#N/A", "NULL", "null", "NaN", "nan", "n/a", "None"})
"""What an empty cell is written as, where no category is called so."""

TRUTHS: Final = {"false": Decimal(0), "true": Decimal(1)}
"""Truth values are numbers: pandas' get_dummies makes them of categories 0 and 1."""

_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)


def text_of(cell: Any) -> str:
    """A cell as it would stand in a CSV file: nothing where it is missing, 1 for 1.0."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, float) and isnan(cell):
        return ""
    return str(cell).strip()


def number_of(text: str) -> Decimal | None:
    """The number that a text is, exactly; 1 and 0 for true and false. None if it is none, or infinite."""
    if text.lower() in TRUTHS:
        return TRUTHS[text.lower()]
    if not _NUMBER.fullmatch(text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


class Words:
    """Words that a column may hold, and for a cell the place of its word among them.

    A cell is a word if it is written alike, or else if both are the same number: 1.0 and true are 1. Words that are the
    same number as another word are only met by cells that are written alike.
    """

    def __init__(self, words: Sequence[str]) -> None:
        self._places = {word: place for place, word in enumerate(words)}
        numbers = [number_of(word) for word in words]
        several = Counter(numbers)
        self._numbers = {
            number: place for place, number in enumerate(numbers) if number is not None and several[number] == 1
        }

    def place(self, cell: Any) -> int | None:
        """Place of a cell's word; None if it is none of them."""
        text = text_of(cell)
        found = self._places.get(text)
        if found is None and isinstance(cell, str):
            found = self._places.get(cell)
        if found is not None:
            return found
        number = number_of(text)
        return None if number is None else self._numbers.get(number)
