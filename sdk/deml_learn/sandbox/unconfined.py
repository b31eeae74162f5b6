"""No sandbox at all: for a trainer whose user has said that they trust it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePosixPath

from deml_learn.sandbox.cgroups import Usage
from deml_learn.sandbox.seam import OUT, Confined, Outcome
from deml_learn.sandbox.supervise import supervise


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

    Where a program is told a path inside the sandbox, it is told the path on this machine instead.
    """

    name: str = "no sandbox"

    def run(self, confined: Confined, on_line: Callable[[bytes], None]) -> Outcome:
        """Run a program to its end, or stop it at a limit."""
        places = {OUT: str(confined.out)} | {one.target: str(one.source) for one in confined.mounts}
        argv = tuple(_placed(word, places) for word in confined.argv)
        environment = os.environ | {name: _placed(value, places) for name, value in confined.environment}
        return supervise(argv, confined.out, confined.limits, _NoGroup(), on_line, environment=environment)


def _placed(word: str, places: dict[str, str]) -> str:
    """Replace the path of a mount, or of a file in one, at the beginning of `word`."""
    path = PurePosixPath(word)
    for one in (path, *path.parents):
        if str(one) in places:
            return str(PurePosixPath(places[str(one)], path.relative_to(one)))
    return word
