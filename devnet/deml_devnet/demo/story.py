"""The telling: headings, what each party knows, tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from deml_sdk.visible import shortened

_INDENT: Final = (0, 0, 0, 2)


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
        self._console.print(Padding(escape(shortened(text)), _INDENT, expand=False))

    def knows(self, party: str, what: str) -> None:
        """Say what a party knows at this moment."""
        self._console.print(
            Padding(f"[dim]Now {escape(party)} knows {escape(shortened(what))}.", _INDENT, expand=False)
        )

    def table(
        self, columns: Sequence[str], rows: Sequence[Sequence[object]], styles: Sequence[str | None] = ()
    ) -> None:
        """Show rows, in these styles if any; columns after the first are numbers or short words."""
        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        for place, name in enumerate(columns):
            table.add_column(name, justify="right" if place else "left", overflow="fold")
        for at, row in enumerate(rows):
            table.add_row(*(escape(shortened(str(cell))) for cell in row), style=styles[at] if styles else None)
        self._console.print(Padding(table, _INDENT, expand=False))

    def now_try(self, commands: Sequence[tuple[str, str]]) -> None:
        """Close with commands that work as they stand, each with what it does."""
        self._console.print("\n[bold]Now try this")
        width = max(len(command) for command, _ in commands)
        for command, meaning in commands:
            self._console.print(f"  [bold green]{escape(command):<{width}}[/]   [dim]{escape(meaning)}", soft_wrap=True)
