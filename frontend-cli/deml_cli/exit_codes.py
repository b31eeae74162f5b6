"""What the process's exit code tells a script; these numbers never change their meaning."""

from __future__ import annotations

from enum import IntEnum

from deml.base.errors import DemlError
from deml_sdk.errors import NoConsent, Refused, TimedOut, Unavailable


class ExitCode(IntEnum):
    """Exit codes of ``deml``. 130 is an interrupt from the keyboard, as everywhere."""

    OK = 0
    FAILED = 1
    USAGE = 2
    UNAVAILABLE = 3
    REFUSED = 4
    TIMED_OUT = 5
    NO_CONSENT = 6


_CATEGORIES: tuple[tuple[type[DemlError], ExitCode], ...] = (
    (Unavailable, ExitCode.UNAVAILABLE),
    (Refused, ExitCode.REFUSED),
    (TimedOut, ExitCode.TIMED_OUT),
    (NoConsent, ExitCode.NO_CONSENT),
)


def exit_code(error: DemlError) -> ExitCode:
    """Exit code of an expected failure."""
    return next((code for category, code in _CATEGORIES if isinstance(error, category)), ExitCode.FAILED)
