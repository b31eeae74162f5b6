"""The one place that catches everything: what is not an expected failure is a bug, and rejects the request."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from deml.base.errors import Bug

T = TypeVar("T")

_log = logging.getLogger("deml")


def attempt(work: Callable[[], T], subject: str) -> T | Bug:
    """Do some work; if anything at all comes out of it but a result, say in the log what, and that it is a bug.

    To the node, an exception that reached it would be the end of the Application, with all that it holds. A rejection
    costs one input (docs/adr/0031).
    """
    try:
        return work()
    except KeyboardInterrupt:
        raise  # Somebody at a terminal ends the process; no input does that.
    except BaseException as error:  # noqa: BLE001 - reported by name and with its traceback; see above
        _log.exception("BUG over %s", subject)
        return Bug(type(error).__name__)
