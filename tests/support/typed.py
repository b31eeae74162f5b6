"""Lines of a document or of the screen, typed as a person would: on a terminal, one after the other, answering yes."""

from __future__ import annotations

import re
import shlex
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deml_cli import render
from deml_cli.layout import WIDTH
from tests.support.served_world import ServedWorld

INTERRUPTED = 130
STEP = 200
"""Seconds between two looks of a watcher."""

QUESTION = "Go ahead? [y/N] "
"""Where nobody types, no line ends after it."""

_NEXT = re.compile(r"^Next: (deml .*)$", re.MULTILINE)


def commands_of(document: Path, heading: str) -> Iterator[str]:
    """Yield the lines of the first block of code under a heading."""
    after = document.read_text().partition(f"\n{heading}\n")[2]
    yield from after.partition("```\n")[2].partition("```")[0].splitlines()


def require_fits(line: str, screen: str) -> None:
    """Refuse a screen that is wider than most terminals: but for a word that is longer by itself, such as a path."""
    for row in screen.replace(QUESTION, "").splitlines():
        longest = max(map(len, row.split()), default=0)
        fits = len(row) <= WIDTH or (longest > WIDTH // 2 and len(row.strip()) == longest) or row.startswith("Next: ")
        assert fits, f"{line}: {len(row)} columns:\n{row}"


class Typist:
    """Types commands; a watcher is stopped at its first pause, and time passes."""

    def __init__(self, served: ServedWorld, monkeypatch: pytest.MonkeyPatch) -> None:
        self.served = served
        self.printed: list[str] = []
        self.screens: dict[str, str] = {}

        monkeypatch.setattr(render, "somebody_there", lambda: True)
        self._monkeypatch = monkeypatch

    def type(self, line: str) -> str:
        """Type a line as it stands; return what it prints. The next steps among that are to be typed, too."""
        from deml_cli.app import root

        program, *words = shlex.split(line, comments=True)
        assert program == "deml"
        watches = words[0] == "watch"
        with self._monkeypatch.context() as patched:
            if watches:
                patched.setattr(time, "sleep", _interrupt)
            done = CliRunner().invoke(root, words, input="\n" * 20 if words[:2] == ["job", "new"] else "y\n" * 20)
        assert done.exit_code in ((0, INTERRUPTED) if watches else (0,)), f"{line}\n{done.output}\n{done.exception!r}"
        self.screens[line] = done.output
        if "--json" not in words and words[:2] != ["job", "new"]:  # Questions follow one another where nobody types.
            require_fits(line, done.output)
        found = _NEXT.findall(done.output)
        self.printed += [one for one in found if one not in self.printed]
        self.served.world.wait(self.served.finality if not watches else STEP)
        return done.output

    def type_what_was_printed(self) -> None:
        """Type every next step that has been printed, as it was printed; one that was typed already is not repeated."""
        typed = {one.partition("#")[0].strip() for one in self.screens}
        for line in [one for one in self.printed if one not in typed]:
            self.type(line)


def _interrupt(_seconds: float) -> None:
    raise KeyboardInterrupt
