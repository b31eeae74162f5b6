"""The telling: headings, what each party knows, tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from deml.base.limits import PPM

_INDENT: Final = (0, 0, 0, 2)


def points(ppm: int) -> str:
    """Write a score to the thousandth, as people compare them; `score_text` writes it exactly."""
    return f"{ppm / PPM:z.3f}"


class Story:
    """Writes to a console."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def act(self, title: str, premise: str) -> None:
        """Open an act."""
        self._console.print()
        self._console.rule(f"[bold]{escape(title)}", align="left")
        self._console.print(escape(premise))

    def phase(self, title: str) -> None:
        """Open a phase of a job."""
        self._console.print(f"\n[bold cyan]{escape(title)}")

    def tell(self, text: str) -> None:
        """Say what happens."""
        self._console.print(Padding(escape(text), _INDENT, expand=False))

    def knows(self, party: str, what: str) -> None:
        """Say what a party knows at this moment."""
        self._console.print(Padding(f"[dim]Now {escape(party)} knows {escape(what)}.", _INDENT, expand=False))

    def table(self, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Show rows; columns after the first are numbers or short words."""
        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        for place, name in enumerate(columns):
            table.add_column(name, justify="right" if place else "left", overflow="fold")
        for row in rows:
            table.add_row(*(escape(str(cell)) for cell in row))
        self._console.print(Padding(table, _INDENT, expand=False))
