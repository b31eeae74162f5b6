"""Processes that outlive the command that started them.

Each holds a lock on a file for as long as it lives, inherited from its starter and unknown to itself. So a process is
found again by its lock, never by its number alone, which the system may have given to a stranger since.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

_POLL_SECONDS: Final = 0.02
_GRACE_SECONDS: Final = 15.0

_children: Final[list[subprocess.Popen[bytes]]] = []
"""Those that this process started: kept so that the system can forget them when they end."""


class Service:
    """A process by name; `folder` holds its lock and number, `log` what it writes."""

    def __init__(self, name: str, folder: Path, log: Path) -> None:
        self.name = name
        self.log = log
        self._lock = folder / f"{name}.lock"
        self._number = folder / f"{name}.pid"

    def start(
        self, command: Sequence[str], environment: Mapping[str, str] | None = None, inherit: Sequence[int] = ()
    ) -> subprocess.Popen[bytes]:
        """Start the process in a session of its own, so that Ctrl-C does not reach it; it must not be running.

        Parameters
        ----------
        inherit
            Numbers of open files that the process has, too.
        """
        for path in (self._lock, self.log):
            path.parent.mkdir(parents=True, exist_ok=True)
        with self._lock.open("ab") as lock, self.log.open("ab") as log:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self._number.unlink(missing_ok=True)
            process = subprocess.Popen(  # noqa: S603  # the command is ours
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
                start_new_session=True,
                pass_fds=(lock.fileno(), *inherit),
            )
            self._number.write_text(str(process.pid))
        _children.append(process)
        return process

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        try:
            with self._lock.open("ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except FileNotFoundError:
            return False
        return False

    @property
    def pid(self) -> int | None:
        """Number of the running process; None if it does not run."""
        if not self.alive:
            return None
        try:
            return int(self._number.read_text())
        except (FileNotFoundError, ValueError):
            return None

    def stop(self) -> None:
        """Ask the process to end, and make it end if it does not in time."""
        self.signal(signal.SIGTERM)
        deadline = time.monotonic() + _GRACE_SECONDS
        while self.alive:
            if time.monotonic() > deadline:
                self.signal(signal.SIGKILL)
            time.sleep(_POLL_SECONDS)
        _reap()

    def kill(self) -> None:
        """End the process at once."""
        while self.alive:
            self.signal(signal.SIGKILL)
            time.sleep(_POLL_SECONDS)
        _reap()

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, if the process runs."""
        if (pid := self.pid) is not None:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                return

    def last_words(self) -> str:
        """Last line of its log that is not empty."""
        try:
            lines = self.log.read_text(encoding="utf-8", errors="replace").split("\n")
        except FileNotFoundError:
            return "it wrote nothing"
        return next((line.strip() for line in reversed(lines) if line.strip()), "it wrote nothing")


def _reap() -> None:
    _children[:] = [child for child in _children if child.poll() is None]
