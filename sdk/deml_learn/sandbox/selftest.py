"""A sandbox is used only after a program inside has tried to get out of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

from deml_learn.sandbox.errors import SandboxLeaks
from deml_learn.sandbox.interface import MIB, Confined, Limits, Sandbox
from deml_learn.sandbox.probe import PROBES
from deml_learn.sandbox.python import interpreter, python_environment, python_mounts
from deml_learn.sandbox.refusals import why_it_does_not_start

_LIMITS: Final = Limits(
    memory_bytes=256 * MIB, processes=24, cpu_seconds=20, wall_seconds=60, scratch_bytes=MIB, kept_bytes=MIB
)


@dataclass(frozen=True, slots=True)
class EscapeAttempt:
    """One thing that was tried, and what was possible: nothing, if the sandbox holds."""

    tried: str
    leak: str | None


def examine(sandbox: Sandbox) -> tuple[EscapeAttempt, ...]:
    """Try to get out, with nothing private inside.

    Raises
    ------
    NoSandbox
        If it does not even start here.
    """
    lines: list[bytes] = []
    argv = (interpreter(), "-m", "deml_learn.sandbox.probe")
    confined = Confined(argv, mounts=python_mounts(), limits=_LIMITS, environment=python_environment())
    outcome = sandbox.run(confined, lines.append)
    if not lines:
        raise why_it_does_not_start(outcome)
    found = {name: EscapeAttempt(name, leak) for name, leak in map(json.loads, lines)}
    words = outcome.last_words.splitlines()[-1:] or [f"it ended with code {outcome.exit_code}"]
    missing = f"could not be tested ({outcome.ending}: {words[0]})"
    return tuple(found.get(name, EscapeAttempt(name, missing)) for name, _ in PROBES)


def require_tight(sandbox: Sandbox) -> None:
    """Refuse a sandbox that does not hold.

    Raises
    ------
    NoSandbox, SandboxLeaks
    """
    for finding in examine(sandbox):
        if finding.leak is not None:
            raise SandboxLeaks(sandbox.name, finding.leak)
