"""Expected failures: one root class, leaves that carry the offending values.

A leaf is a dataclass whose fields are the values involved; ``what`` says what happened and why, ``fix`` what to do
next, both as format strings over those fields. The class name is the stable code (``WrongPhase`` is ``WRONG_PHASE``),
listed in ``docs/errors.md``. Whatever is raised that is not a `DemlError` is a bug and must surface as one.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

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
        return asdict(self)

    def advice(self) -> str:
        """What the reader should do next."""
        return self.fix.format(**self.values)

    def __str__(self) -> str:
        return self.what.format(**self.values)

    def as_report(self) -> dict[str, Any]:
        """This failure as the JSON object that reports and ``--json`` carry.

        Values are written as text: amounts exceed what a JSON number holds exactly.
        """
        return {
            "code": self.code(),
            "message": str(self),
            "values": {name: str(value) for name, value in self.values.items()},
            "fix": self.advice(),
        }


@dataclass(eq=False)
class Bug(DemlError):
    """What is reported of the one failure that nobody expects; never raised. `cause` names what was raised instead."""

    cause: str
    what = "The dapp has a bug, and did not do what was asked of it: {cause}."
    fix = "Tell its maintainers the number of the input. Sending it again leads to the same."


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
