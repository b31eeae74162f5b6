"""No sandbox at all: for a trainer whose user has said that they trust it, and for our own where there is none."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from deml_learn.sandbox.cgroups import Usage
from deml_learn.sandbox.interface import OUT, Confined, ExitReason, Left, ProgramResult
from deml_learn.sandbox.left import collected, entries
from deml_learn.sandbox.private import private_folder
from deml_learn.sandbox.supervise import Command, supervise


@dataclass(frozen=True, slots=True)
class _NoGroup:
    prefix: tuple[str, ...] = ()

    def usage(self) -> Usage:
        return Usage()

    def kill(self, _spare: int = 0, /) -> None:
        """Leave it to `supervise`, which ends the command's session."""


@dataclass(frozen=True, slots=True)
class Unconfined:
    """Programs run as this user, with this user's files and network, under the limits of time and size only.

    Where a program is told a path inside the sandbox, it is told the path on this machine instead. What is made for it
    lies in a folder of this user's until it ends. With `bare` it is told nothing of this process's environment.
    """

    name: str = "no sandbox"
    bare: bool = False

    def run(self, confined: Confined, on_line: Callable[[bytes], None]) -> ProgramResult:
        """Run a program to its end, or stop it at a limit."""
        needed = confined.limits.kept_bytes + sum(len(one.content) for one in confined.files)
        with private_folder(needed) as folder:
            places = {one.target: str(one.source) for one in confined.mounts}
            for file in confined.files:
                place = folder / PurePosixPath(file.target).relative_to("/")
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(file.content)
                places[str(PurePosixPath(file.target).parent)] = str(place.parent)
            out = confined.keep or folder / PurePosixPath(OUT).name
            out.mkdir(exist_ok=True)
            places[OUT] = str(out)
            outcome = supervise(_command(confined, places, out, self.bare), _NoGroup(), on_line)
            if outcome.ending is not ExitReason.EXITED or outcome.exit_code or confined.keep is not None:
                return outcome
            return _with_left(outcome, out, confined)


def _command(confined: Confined, places: dict[str, str], out: Path, bare: bool) -> Command:
    argv = tuple(_placed(word, places) for word in confined.argv)
    own = {name: _placed(value, places) for name, value in confined.environment}
    outside = {"PATH": os.defpath, "LANG": "C.UTF-8", "HOME": str(out), "TMPDIR": str(out)} if bare else os.environ
    return Command(argv, confined.limits, {**outside, **own}, keep=out)


def _with_left(outcome: ProgramResult, out: Path, confined: Confined) -> ProgramResult:
    told = entries(b"".join(collected(str(out), confined.wanted, confined.limits.file_bytes)))
    left = tuple(Left(*one) for one in told or ())
    return ProgramResult(outcome.ending, outcome.exit_code, outcome.last_words, outcome.peak_memory, left)


def _placed(word: str, places: dict[str, str]) -> str:
    """Replace the path of a mount, or of a file in one, at the beginning of `word`."""
    path = PurePosixPath(word)
    for one in (path, *path.parents):
        if str(one) in places:
            return str(PurePosixPath(places[str(one)], path.relative_to(one)))
    return word
