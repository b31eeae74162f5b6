"""What can be wrong with a sandbox."""

from __future__ import annotations

from dataclasses import dataclass

from deml.base.errors import DemlError


@dataclass(eq=False)
class NoSandbox(DemlError):
    reason: str
    remedy: str
    what = "No sandbox is available here: {reason}."
    fix = "{remedy}."


@dataclass(eq=False)
class SandboxLeaks(DemlError):
    sandbox: str
    leak: str
    what = "The sandbox ({sandbox}) does not hold: in its self-test, a program {leak}."
    fix = "Nothing private was shown to it. 'deml trainer check' shows every test; report it with what that prints."
