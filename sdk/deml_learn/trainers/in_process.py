"""Our own trainer without a process of its own: for a browser's worker, which has none to give, and for tests.

It is given the same files, speaks the same words and its model passes the same gate. There are no walls around it, so
that nobody else's code is run.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Final

from deml_learn.sandbox.interface import Confined, ExitReason, Left, ProgramResult
from deml_learn.trainers import builtin, contract
from deml_learn.trainers.kinds import BUILTIN


class InThisProcess:
    """Runs the built-in trainer where it is called."""

    name: Final = "this process"

    def run(self, confined: Confined, on_line: Callable[[bytes], None]) -> ProgramResult:
        """Train; each line is told as it is printed.

        Raises
        ------
        ValueError
            If it is not our own trainer.
        DemlError
            What is in the way of training.
        """
        if confined.argv[-1] != BUILTIN:
            raise ValueError("nobody else's trainer runs without walls")
        with tempfile.TemporaryDirectory() as name, redirect_stdout(_PrintedLines(on_line)):
            for file in confined.files:
                place = Path(name, file.target.lstrip("/"))
                place.parent.mkdir(exist_ok=True)
                place.write_bytes(file.content)
            made = builtin.trained(*(Path(name, one.lstrip("/")) for one in (contract.JOB, contract.DATA)))
        return ProgramResult(ExitReason.EXITED, 0, "", left=(Left(contract.MODEL, "file", 1, len(made), made),))


class _PrintedLines(StringIO):
    """Tells each line when it is whole, and keeps none."""

    def __init__(self, on_line: Callable[[bytes], None]) -> None:
        super().__init__()
        self._on_line = on_line
        self._begun = ""

    def write(self, text: str) -> int:
        *lines, self._begun = (self._begun + text).split("\n")
        for line in lines:
            self._on_line(line.encode())
        return len(text)
