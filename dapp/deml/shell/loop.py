"""The rollup loop: ask for a request, handle it, answer, for ever."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import NoReturn

from deml.shell.application import Application, RequestResult, rejection
from deml.shell.backend import Advance, Backend, Inspect, Request
from deml.shell.errors import MalformedRequest

_log = logging.getLogger("deml")

MAX_LOGGED_CHARACTERS = 300
"""Longest part of a log line that an input's sender has a say in."""


def serve(backend: Backend, application: Application, clock: Callable[[], float]) -> NoReturn:
    """Serve requests until something ends this process.

    Parameters
    ----------
    clock
        Seconds from any fixed moment; for the log only.

    Raises
    ------
    DemlError
        If the backend can no longer be relied on.
    """
    accept = True
    while True:
        try:
            request = backend.finish(accept)
        except MalformedRequest as problem:
            outcome = rejection("request", problem)
            _log.warning("%s", _line("request", outcome))
        else:
            outcome = _handle(application, request, clock)
        for emission in outcome.emissions:
            backend.emit(emission)
        accept = outcome.accepted


def _handle(application: Application, request: Request, clock: Callable[[], float]) -> RequestResult:
    begun = clock()
    match request:
        case Advance(meta, payload):
            origin = f"input {meta.index} from {meta.sender}"
            outcome = application.advance(meta, payload)
        case Inspect(payload):
            origin = "inspect"
            outcome = application.inspect(payload)
    if _log.isEnabledFor(logging.INFO):
        _log.info("%s, %.0f ms", _line(origin, outcome), 1000 * (clock() - begun))
    return outcome


def _line(origin: str, outcome: RequestResult) -> str:
    if outcome.problem is not None:
        verdict = f"rejected, {outcome.problem.code()}: {outcome.problem}"
    else:
        verdict = f"accepted, {len(outcome.emissions)} outputs"
    return f"{origin}: {_printable(outcome.subject)} {_printable(verdict)}"


def _printable(text: str) -> str:
    """Keep a stranger's text within its one line of the log."""
    shown = text[:MAX_LOGGED_CHARACTERS]
    return "".join(one if one.isprintable() else "?" for one in shown) + (".." if shown != text else "")
