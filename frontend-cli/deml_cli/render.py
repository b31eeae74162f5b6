"""What the user sees: tables, progress, questions, failures; or JSON for a script.

With ``--json`` standard output carries nothing but JSON; everything for people goes to standard error. Colours follow
the terminal and ``NO_COLOR``, which Rich reads itself.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol, TextIO

from rich.console import Console
from rich.markup import escape

from deml.base.errors import DemlError
from deml_cli.errors import Declined, NobodyToAsk
from deml_cli.jsonable import jsonable

if TYPE_CHECKING:
    from deml_cli.chain import Gas

PIPE_WIDTH: Final = 240
"""Columns of a table that goes to a file or another program."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is about to be done and cannot be undone.

    Parameters
    ----------
    action
        A short phrase in the imperative: "commit to a model for job 7".
    sends
        What is sent, by name: amounts, identifiers, receivers.
    public
        What the whole world learns by it, one sentence each.
    gas
        What it costs; None where it costs nothing.
    warnings
        What the user should think twice about.
    """

    action: str
    sends: Mapping[str, object]
    public: Sequence[str] = ()
    gas: Gas | None = None
    warnings: Sequence[str] = ()


class Advance(Protocol):
    """Moves a bar on by `done`; `text` describes what is being done now."""

    def __call__(self, done: int, text: str | None = None) -> None:
        """Move on."""


class Render:
    """Shows things; `json_mode` and `yes` are the options of the same name."""

    def __init__(self, *, json_mode: bool, yes: bool) -> None:
        self.json_mode = json_mode
        self.yes = yes
        self.err = _console(sys.stderr)
        self.human = self.err if json_mode else _console(sys.stdout)
        """Where text for people goes."""

    def emit(self, data: Any) -> None:
        """Write the command's result as one JSON document, with ``--json`` only."""
        if self.json_mode:
            self._write(json.dumps(jsonable(data), indent=2))

    def emit_line(self, data: Any) -> None:
        """Write one of many results on a line of its own, with ``--json`` only (``--follow``)."""
        if self.json_mode:
            self._write(json.dumps(jsonable(data)))

    def say(self, text: str, style: str | None = None) -> None:
        """Print a line for people; the text is not markup."""
        self.human.print(text, style=style, markup=False, soft_wrap=True)

    def note(self, text: str) -> None:
        """Print what happens meanwhile: to standard error, whether or not there is JSON on standard output."""
        self.err.print(text, style="dim", markup=False, soft_wrap=True)

    def warn(self, text: str) -> None:
        """Print a warning to standard error."""
        self.err.print(f"[yellow]Warning:[/] {escape(text)}", soft_wrap=True)

    def facts(self, values: Mapping[str, object], title: str | None = None) -> None:
        """Print names and values, one pair a line."""
        if title:
            self.say(title, style="bold")
        width = max(map(len, values), default=0)
        for name, value in values.items():
            self.human.print(f"  [cyan]{escape(name):<{width}}[/]  {escape(str(value))}", soft_wrap=True)

    def table(self, title: str | None, columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """Print a table; columns whose cells are all numbers are aligned to the right."""
        from rich.box import SIMPLE_HEAD
        from rich.table import Table

        if not rows:
            self.say(f"{title}: none" if title else "None.")
            return
        table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
        for place, name in enumerate(columns):
            numeric = bool(rows) and all(isinstance(row[place], int) for row in rows)
            table.add_column(name, justify="right" if numeric else "left", overflow="fold")
        for row in rows:
            table.add_row(*(escape(str(cell)) for cell in row))
        self.human.print(table)

    @contextmanager
    def progress(self, description: str, total: int) -> Iterator[Advance]:
        """Show a bar on standard error while something advances; call what this yields with each amount done."""
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=self.err, transient=True, disable=not self.err.is_terminal) as bar:
            task = bar.add_task(description, total=total)

            def advance(done: int, text: str | None = None) -> None:
                bar.update(task, advance=done, description=escape(text or description))

            yield advance

    @contextmanager
    def transfer(self, description: str) -> Iterator[Callable[[int, int | None], None]]:
        """Show a bar on standard error while bytes arrive; call what this yields with bytes done and in all, if known."""
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
        with Progress(*columns, console=self.err, transient=True, disable=not self.err.is_terminal) as bar:
            task = bar.add_task(escape(description), total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)

    @contextmanager
    def waiting(self, text: str) -> Iterator[Callable[[str], None]]:
        """Show that something is waited for; call what this yields to change the text."""
        if not self.err.is_terminal:
            self.note(text + " ...")
            yield lambda _text: None
            return
        with self.err.status(escape(text)) as status:
            yield lambda changed: status.update(escape(changed))

    def confirm(self, plan: Plan) -> None:
        """Show a plan and ask; with ``--yes`` show it only.

        Raises
        ------
        Declined, NobodyToAsk
        """
        self._show(plan)
        if self.yes:
            return
        if not sys.stdin.isatty():
            raise NobodyToAsk(plan.action)
        if self.err.input("[bold]Go ahead?[/] [y/N] ").strip().lower() not in ("y", "yes"):
            raise Declined(plan.action)

    def error(self, error: DemlError) -> None:
        """Show a failure: what happened, and what to do next."""
        if self.json_mode:
            self._write(json.dumps({"error": error.as_report()}, indent=2))
        self.err.print(f"[bold red]Error:[/] {escape(str(error))}", soft_wrap=True)
        self.err.print(escape(error.advice()), soft_wrap=True)
        self.err.print(f"[dim]{error.code()}[/]")

    def _show(self, plan: Plan) -> None:
        self.err.print(f"[bold]This will {escape(plan.action)}.[/]", soft_wrap=True)
        facts = dict(plan.sends)
        if plan.gas is not None:
            facts["gas"] = plan.gas.describe()
        width = max(map(len, facts), default=0)
        for name, value in facts.items():
            self.err.print(f"  [cyan]{escape(name):<{width}}[/]  {escape(str(value))}", soft_wrap=True)
        for sentence in plan.public:
            self.err.print(f"  [magenta]public:[/] {escape(sentence)}", soft_wrap=True)
        for sentence in plan.warnings:
            self.warn(sentence)

    @staticmethod
    def _write(text: str) -> None:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()


def _console(stream: TextIO) -> Console:
    """Make a console; what is no terminal has no width, and wide tables are easier to search than folded ones."""
    return Console(file=stream, highlight=False, width=None if stream.isatty() else PIPE_WIDTH)
