"""How long a source may keep one waiting, and when an exchange that takes longer, or is no longer wanted, ends."""

from __future__ import annotations

import time
from dataclasses import dataclass
from threading import Event
from typing import Final

CANCEL_SECONDS: Final = 0.25
"""How soon an exchange notices that it was cancelled, in seconds: nobody waits for it, it only holds a connection."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to wait for a connection, between two pieces, and in all before the first; then bytes a second to expect.

    The last is the mean since the beginning: a source may pause, but a trickle does not keep a connection open.
    """

    connect: float = 5.0
    silence: float = 15.0
    grace: float = 20.0
    slowest: int = 8_192

    def seconds(self, moved: int) -> float:
        """How long it may have taken to move so many bytes."""
        return self.grace + moved / self.slowest


NORMAL: Final = Timeouts()
"""For gateways: a 20 MB file takes at most some 40 minutes."""

SEARCHING: Final = Timeouts(silence=60.0, grace=75.0)
"""For a node that may have to look for a file among its peers first."""


class Pace:
    """How fast an exchange goes, and how long it may therefore still take.

    Parameters
    ----------
    moved
        Bytes that are to be sent; those received are added as they come.
    cancel
        Ends the exchange once it is set.
    """

    def __init__(self, timeouts: Timeouts, moved: int = 0, cancel: Event | None = None) -> None:
        self.timeouts, self.moved = timeouts, moved
        self._cancel = cancel
        self._started = time.monotonic()

    @property
    def elapsed(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._started

    def wait(self, silent: float) -> float:
        """Return for how many seconds to wait for bytes, before asking again.

        Parameters
        ----------
        silent
            Seconds that nothing has come for.

        Raises
        ------
        TimeoutError
            If no time is left.
        ConnectionAbortedError
            If the exchange was cancelled.
        """
        return min(self.left(self.timeouts.silence - silent), CANCEL_SECONDS)

    def left(self, at_most: float = float("inf")) -> float:
        """Return how many seconds the exchange may still take; see `wait`."""
        if self._cancel is not None and self._cancel.is_set():
            raise ConnectionAbortedError("it is no longer wanted")
        left = min(self.timeouts.seconds(self.moved) - self.elapsed, at_most)
        if left <= 0:
            raise TimeoutError("it is too slow")
        return left
