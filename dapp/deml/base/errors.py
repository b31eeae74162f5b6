"""Expected failures: one root class, leaves that carry the offending values.

A leaf is a dataclass whose fields are the values involved; ``what`` says what happened and why, as a format string over
those fields. The class name is the stable code (``WrongPhase`` is ``WRONG_PHASE``), listed in ``docs/errors.md``.
Whatever is raised that is not a `DemlError` is a bug and must surface as one.

What to do next is not for the dapp to say: a word of advice changed would be another machine. Clients give it by code
(`deml_sdk.advice`). Failures that never leave a program, the shell's and the clients' own, have it as ``fix``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from typing import Any, ClassVar

from deml.base.names import camel

_WORD_START = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(eq=False)
class DemlError(Exception):
    """Root of every expected failure; never raised itself."""

    what: ClassVar[str] = ""
    fix: ClassVar[str] = ""

    @classmethod
    def code(cls) -> str:
        """Stable identifier of this failure, in SCREAMING_SNAKE_CASE."""
        return _WORD_START.sub("_", cls.__name__).upper()

    @property
    def values(self) -> dict[str, Any]:
        """The values involved, by field name."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    def advice(self) -> str:
        """What the reader should do next, where this failure itself says so."""
        return self.fix.format(**self.values)

    def __str__(self) -> str:
        return self.what.format(**self.values)

    def as_report(self) -> dict[str, Any]:
        """This failure as the JSON object that reports carry.

        Values are written as text: amounts exceed what a JSON number holds exactly.
        """
        return {
            "code": self.code(),
            "message": str(self),
            "values": {camel(name): str(value) for name, value in self.values.items()},
        }


@dataclass(eq=False)
class Bug(DemlError):
    """What is reported of the one failure that nobody expects; never raised. `cause` names what was raised instead."""

    cause: str
    what = "The dapp has a bug, and did not do what was asked of it: {cause}."


def catalogue() -> dict[str, type[DemlError]]:
    """Every leaf defined in the modules imported so far, by code, in code order.

    Raises
    ------
    ValueError
        If two leaves share one code.
    """
    leaves: dict[str, type[DemlError]] = {}
    pending = [DemlError]
    while pending:
        children = pending.pop().__subclasses__()
        pending.extend(children)
        for child in children:
            if child.__subclasses__():
                continue
            if child.code() in leaves:
                raise ValueError(f"two errors share the code {child.code()}")
            leaves[child.code()] = child
    return dict(sorted(leaves.items()))
