"""CSV: read at once, and looked through line by line only to say what is wrong with it."""

from __future__ import annotations

import csv as lines
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deml_sdk.data.errors import UnreadableTable

if TYPE_CHECKING:
    import pyarrow as pa

OTHERS: Final = {";": "semicolons", "\t": "tabs", "|": "bars"}
"""What else cells are separated by."""

ENCODING: Final = "utf-8-sig"


def read_csv(path: Path) -> pa.Table:
    """Read a file with a header line; every cell stays as it is written.

    Raises
    ------
    UnreadableTable
        With the number of the first row that is wrong, and nothing of what stands in it.
    """
    import pyarrow as pa
    from pyarrow import csv

    parsing = csv.ParseOptions(newlines_in_values=True)
    try:
        with csv.open_csv(path, parse_options=parsing) as reader:
            names = reader.schema.names
        texts = csv.ConvertOptions(column_types={name: pa.string() for name in names})
        table = csv.read_csv(path, parse_options=parsing, convert_options=texts)
    except (OSError, ValueError, pa.ArrowException):
        raise UnreadableTable(str(path), _problem(path)) from None
    if len(names) == 1 and (separator := _other_separator(names[0])):
        raise UnreadableTable(str(path), separator)
    return table


def _problem(path: Path) -> str:
    """What is wrong with a file that could not be read."""
    try:
        with path.open(encoding=ENCODING, newline="") as file:
            return _first_wrong_row(lines.reader(file))
    except UnicodeDecodeError:
        return f"line {_first_line_not_utf8(path)} is not UTF-8; save it as CSV in UTF-8"
    except lines.Error:
        return "it does not have the form of CSV"


def _first_wrong_row(rows: Iterator[list[str]]) -> str:
    header = next(rows, [])
    if not header:
        return "it has no header line"
    if separator := _other_separator(",".join(header)):
        return separator
    for number, row in enumerate((one for one in rows if one), start=1):
        if len(row) != len(header):
            return f"row {number} has {len(row)} cells, where the header has {len(header)}"
    return "it does not have the form of CSV"


def _other_separator(header: str) -> str:
    """Say so, where cells are separated by something else than commas; empty if they are not."""
    mark, count = max(((mark, header.count(mark)) for mark in OTHERS), key=lambda one: one[1])
    return f"its cells seem to be separated by {OTHERS[mark]}, not by commas" if count > header.count(",") else ""


def _first_line_not_utf8(path: Path) -> int:
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            try:
                line.decode(ENCODING)
            except UnicodeDecodeError:
                return number
    return 1
