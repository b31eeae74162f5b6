"""How text fits a terminal: folded between words, never within one; long names shortened in the middle."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

WIDTH: Final = 80
"""Columns where nobody says otherwise: of a file, of another program, of a terminal that does not tell its own."""

WHOLE: Final = 100_000
"""Columns with --wide: no text is as long."""

NAME_WIDTH: Final = 18
"""Names of facts are padded up to this, so that a CID of 59 characters fits beside them."""

_WORD: Final = re.compile(r"(?:'deml [^']{0,60}'|[^ ])+")
"""A word; a command in quotes is one, to be copied in one piece."""

GAP: Final = "  "


def folded(text: str, width: int, indent: str = "") -> Iterator[str]:
    """Fold a text between words; lines after the first of each of its lines begin with `indent` and its own indent.

    A word that is longer than a line, such as a path, stays whole and runs over.
    """
    for line in text.split("\n"):
        body = line.lstrip(" ")
        own = line[: len(line) - len(body)]
        first, *others = _WORD.findall(body) or [""]
        current = own + first
        for word in others:
            if len(current) + 1 + len(word) <= width:
                current += " " + word
            else:
                yield current
                current = indent + own + word
        yield current


def fact_lines(values: Mapping[str, object], width: int) -> Iterator[tuple[str, str]]:
    """Fold names and values into two columns: pairs of what stands left and right, the left empty where one goes on."""
    left = min(NAME_WIDTH, max(map(len, values), default=0))
    for name, value in values.items():
        lines = list(folded(str(value), max(20, width - left - 2 * len(GAP))))
        for at, line in enumerate(lines):
            yield (name.ljust(left) if at == 0 else " " * left), line


def fitted(columns: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[int] | None:
    """Widths of a table's columns that fit; None where no word could stay whole.

    Where all does not fit, the widest columns are folded first.
    """
    cells = [[name, *(row[at] for row in rows)] for at, name in enumerate(columns)]
    widths = [max(map(len, one)) for one in cells]
    least = [max(_longest_word(one), 1) for one in cells]
    room = width - len(GAP) * (len(columns) - 1)
    while sum(widths) > room:
        foldable = [at for at in range(len(widths)) if widths[at] > least[at]]
        if not foldable:
            return None
        widths[max(foldable, key=lambda at: widths[at])] -= 1
    return widths


def row_lines(cells: Sequence[str], widths: Sequence[int], right: Sequence[bool]) -> Iterator[str]:
    """Fold the cells of a row into lines."""
    columns = [list(folded(cell, width)) for cell, width in zip(cells, widths, strict=True)]
    for at in range(max(map(len, columns))):
        found = [one[at] if at < len(one) else "" for one in columns]
        padded = [
            text.rjust(width) if to_right else text.ljust(width)
            for text, width, to_right in zip(found, widths, right, strict=True)
        ]
        yield GAP.join(padded).rstrip()


def _longest_word(cells: Iterable[str]) -> int:
    return max((len(word) for cell in cells for word in cell.split()), default=0)
