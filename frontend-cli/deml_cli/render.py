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
from typing import TYPE_CHECKING, Any, TextIO, cast

from rich.console import Console
from rich.markup import escape

from deml.base.errors import DemlError
from deml_cli.advice import WORDS
from deml_cli.errors import Declined, NoAnswer, NobodyToAsk
from deml_cli.layout import GAP, WHOLE, WIDTH, fact_lines, fitted, folded, row_lines
from deml_cli.streams import TerminalStream
from deml_sdk.advice import advice_of, report_of
from deml_sdk.plain import plain
from deml_sdk.progress import ProgressCallback
from deml_sdk.visible import shortened, visible, visible_lines

if TYPE_CHECKING:
    from deml_sdk.chain.transactions import Gas
    from deml_sdk.market.intent import Intent


@dataclass(frozen=True, slots=True)
class Proposal:
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


class Render:
    """Shows things; `json_mode`, `yes` and `wide` are the options of the same name."""

    def __init__(self, *, json_mode: bool, yes: bool, wide: bool = False) -> None:
        self.json_mode = json_mode
        self.yes = yes
        self.wide = wide
        self._out = TerminalStream(sys.stdout, lambda: self.note("There is no room for the output; waiting for some"))
        self.err = _console(TerminalStream(sys.stderr), wide)
        self.human = self.err if json_mode else _console(self._out, wide)
        """Where text for people goes."""

    def lose_output(self) -> None:
        """Go on without output that does not fit on its disk: for work that matters more than its log."""
        self._out.lose()

    def emit(self, data: Any) -> None:
        """Write the command's result as one JSON document, with ``--json`` only."""
        if self.json_mode:
            self._write(json.dumps(plain(data), indent=2))

    def emit_line(self, data: Any) -> None:
        """Write one of many results on a line of its own, with ``--json`` only (``--follow``)."""
        if self.json_mode:
            self._write(json.dumps(plain(data)))

    def say(self, text: str, style: str | None = None) -> None:
        """Print a line for people; the text is not markup."""
        self._print(self.human, text, style)

    def item(self, lead: str, text: str, style: str | None = None) -> None:
        """Print one of several texts that stand below each other: folded beside what leads it."""
        safe = visible(lead)
        for at, line in enumerate(folded(visible(text), max(20, self._width(self.human) - len(safe)))):
            left = safe if at == 0 else " " * len(safe)
            self.human.print(escape(f"{left}{line}"), style=style, soft_wrap=True)

    def next(self, *commands: str) -> None:
        """Say what to type next: each command stands whole on a line of its own, ready to be copied."""
        for command in commands:
            self.human.print(f"[bold]Next:[/] {_safe(command)}", soft_wrap=True)

    def note(self, text: str) -> None:
        """Print what happens meanwhile: to standard error, whether or not there is JSON on standard output."""
        self._print(self.err, text, "dim")

    def quote(self, text: str) -> None:
        """Print somebody else's text, marked as such on every line."""
        for line in text.splitlines():
            for part in folded(visible(line), self._width(self.human) - 4):
                self.human.print(f"  [dim]|[/] {escape(part)}", soft_wrap=True)

    def warn(self, text: str) -> None:
        """Print a warning to standard error."""
        self._print(self.err, f"Warning: {text}", lead="yellow")

    def facts(self, values: Mapping[str, object], title: str | None = None) -> None:
        """Print names and values, one pair a line."""
        if title:
            self.say(title, style="bold")
        self._print_facts(self.human, values)

    def table(
        self,
        title: str | None,
        columns: Sequence[str],
        rows: Sequence[Sequence[object]],
        styles: Sequence[str | None] = (),
    ) -> None:
        """Print a table, or one row after another where it does not fit; `styles` are those of its rows, if any.

        Columns whose cells are all numbers are aligned to the right. Accounts, hashes and CIDs are shortened in the
        middle, unless `wide`.
        """
        if not rows:
            self.say(f"{title}: none" if title else "None.")
            return
        if title:
            self.say(title, style="bold")
        safe = [[self._cell(cell) for cell in row] for row in rows]
        shown = [at for at in range(len(columns)) if any(row[at] for row in safe)]
        names, safe = [visible(columns[at]) for at in shown], [[row[at] for at in shown] for row in safe]
        right = [all(isinstance(row[at], int) for row in rows) for at in shown]
        widths = fitted(names, safe, self._width(self.human))
        if widths is None:
            self._print_records(names, safe, styles)
            return
        for line in row_lines(names, widths, right):
            self.human.print(escape(line), style="bold", soft_wrap=True)
        self.human.print(GAP.join("-" * one for one in widths), style="dim", soft_wrap=True)
        for at, row in enumerate(safe):
            for line in row_lines(row, widths, right):
                self.human.print(escape(line), style=styles[at] if styles else None, soft_wrap=True)

    def _print_records(self, names: Sequence[str], rows: Sequence[Sequence[str]], styles: Sequence[str | None]) -> None:
        for at, row in enumerate(rows):
            facts = {name: cell for name, cell in zip(names, row, strict=True) if cell}
            for name, line in fact_lines(facts, self._width(self.human)):
                self.human.print(
                    f"{escape(name)}  {escape(line)}", style=styles[at] if styles else None, soft_wrap=True
                )
            self.human.print()

    def _cell(self, value: object) -> str:
        text = visible(str(value))
        return text if self.wide else shortened(text)

    @contextmanager
    def progress(self, description: str, total: int) -> Iterator[ProgressCallback]:
        """Show a bar on standard error while something advances; call what this yields with each amount done."""
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=self.err, transient=True, disable=not self.err.is_terminal) as bar:
            task = bar.add_task(description, total=total)

            def advance(done: int, text: str | None = None) -> None:
                bar.update(task, advance=done, description=_safe(text or description))

            yield advance

    @contextmanager
    def transfer(self, description: str) -> Iterator[Callable[[int, int | None], None]]:
        """Show a bar on standard error while bytes arrive; call what this yields with bytes done, and in all."""
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
        with self.err.status(_safe(text)) as status:
            yield lambda changed: status.update(_safe(changed))

    def confirm(self, proposal: Proposal | Intent, wallet: str = "") -> None:
        """Show what is about to be done, and by which wallet, and ask; with ``--yes`` show it only.

        Raises
        ------
        Declined, NobodyToAsk
        """
        self._show(proposal, wallet)
        if self.yes:
            return
        if not somebody_there():
            raise NobodyToAsk(proposal.action)
        if self.err.input(f"[bold]Go ahead?[/] {escape('[y/N]')} ").strip().lower() not in ("y", "yes"):
            raise Declined(proposal.action)

    @property
    def can_ask(self) -> bool:
        """Whether somebody is there to answer, and has not said yes to everything."""
        return somebody_there() and not self.yes

    def ask(self, question: str, default: str | None, option: str) -> str:
        """Ask for a text; take the default where nobody is there to ask.

        Raises
        ------
        NoAnswer
            If nobody is there, and there is no default.
        """
        if not self.can_ask:
            if default is None:
                raise NoAnswer(question, option)
            return default
        while True:
            shown = f" [dim]({_safe(default)})[/]" if default else ""
            answer = self.err.input(f"{_safe(question)}{shown}: ").strip()
            if answer or default is not None:
                return answer or default or ""

    def error(self, error: DemlError) -> None:
        """Show a failure: what happened, and what to do next."""
        if self.json_mode:
            self._write(json.dumps({"error": report_of(error, WORDS)}, indent=2))
        self._print(self.err, f"Error: {error}", lead="bold red")
        self._print(self.err, advice_of(error, WORDS))
        self.err.print(f"[dim]{error.code()}[/]")

    def _show(self, proposal: Proposal | Intent, wallet: str) -> None:
        self._print(self.err, f"This will {proposal.action}.", "bold")
        facts = {**({"wallet": wallet} if wallet else {}), **proposal.sends}
        if proposal.gas is not None:
            facts["gas"] = proposal.gas.describe()
        self._print_facts(self.err, facts)
        for sentence in proposal.public:
            first, *more = folded(visible(f"  public: {sentence}"), self._width(self.err), "  ")
            self.err.print(f"  [magenta]public:[/]{escape(first.removeprefix('  public:'))}", soft_wrap=True)
            for line in more:
                self.err.print(escape(line), soft_wrap=True)
        for sentence in proposal.warnings:
            self.warn(sentence)

    def _print(self, console: Console, text: str, style: str | None = None, lead: str = "") -> None:
        """Print a text that is not markup, folded between words; `lead` is the style of its first word."""
        for at, line in enumerate(folded(visible_lines(text), self._width(console))):
            first, space, rest = line.partition(" ")
            marked = f"[{lead}]{escape(first)}[/]{space}{escape(rest)}" if lead and at == 0 else escape(line)
            console.print(marked, style=style, soft_wrap=True)

    def _print_facts(self, console: Console, values: Mapping[str, object]) -> None:
        safe = {visible(name): visible(str(value)) for name, value in values.items()}
        for name, line in fact_lines(safe, self._width(console)):
            console.print(f"  [cyan]{escape(name)}[/]  {escape(line)}".rstrip(), soft_wrap=True)

    def _width(self, console: Console) -> int:
        return WHOLE if self.wide else console.width

    def _write(self, text: str) -> None:
        self._out.write(text + "\n")


def somebody_there() -> bool:
    """Whether somebody can answer."""
    return sys.stdin.isatty()


def _console(stream: TerminalStream, wide: bool) -> Console:
    """Make a console as wide as its terminal; what is no terminal is as wide as most are."""
    width = None if stream.isatty() else WIDTH
    return Console(file=cast("TextIO", stream), highlight=False, width=WHOLE if wide else width)


def _safe(value: object) -> str:
    """Make a value, perhaps somebody else's, harmless: no markup, nothing hidden, one line."""
    return escape(visible(str(value)))
