"""How long a source may keep one waiting, and what ends a connection that takes longer or is no longer wanted."""

from __future__ import annotations

import contextlib
import socket
import time
from dataclasses import dataclass
from threading import Lock
from typing import Final


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


class Cancellation:
    """Ends what is under way in other threads, at once and for good."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._lines: list[Lifeline] = []
        self.requested = False

    def attach(self, line: Lifeline) -> None:
        """Have a connection ended by `cancel`, which may have been called already."""
        with self._lock:
            self._lines.append(line)
            if self.requested:
                line.end()

    def detach(self, line: Lifeline) -> None:
        """Let a connection go."""
        with self._lock:
            self._lines.remove(line)

    def cancel(self) -> None:
        """End all that is attached."""
        with self._lock:
            self.requested = True
            for line in self._lines:
                line.end()


class Lifeline:
    """A second handle on a connected socket. Ending it wakes the thread that waits on the first, TLS or not."""

    def __init__(self, connected: socket.socket) -> None:
        self._handle = connected.dup()

    def end(self) -> None:
        """End the connection; both directions."""
        with contextlib.suppress(OSError):
            self._handle.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give the handle back."""
        self._handle.close()


class Pace:
    """How fast an exchange goes, and how long it may therefore still take.

    Parameters
    ----------
    moved
        Bytes that are to be sent; what is received comes on top.
    """

    def __init__(self, timeouts: Timeouts, moved: int = 0) -> None:
        self._timeouts = timeouts
        self._started = time.monotonic()
        self.moved = moved

    @property
    def elapsed(self) -> float:
        """Seconds since the beginning."""
        return time.monotonic() - self._started

    @property
    def left(self) -> float:
        """Seconds that the exchange may still take, at this pace."""
        return self._timeouts.seconds(self.moved) - self.elapsed

    def wait(self) -> float:
        """Return how many seconds the next bytes may take.

        Raises
        ------
        TimeoutError
            If no time is left.
        """
        left = self.left
        if left <= 0:
            raise TimeoutError("it is too slow")
        return min(self._timeouts.silence, left)
