"""Looks out for bugs that the dapp meets: in this process, and in the logs of processes that tests start.

A bug costs one input and nothing more, so a test could pass over it. ``tests/conftest.py`` lets none.
"""

from __future__ import annotations

import logging
from pathlib import Path

from deml_devnet.processes import Service

MARK = "BUG over "
"""How the dapp's log line about a bug begins (`deml.shell.bugs`, `deml.shell.supervisor`)."""


class BugWatch(logging.Handler):
    """What has been seen since the last `take`."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self._seen: list[str] = []
        self._logs: dict[Path, int] = {}

    def emit(self, record: logging.LogRecord) -> None:
        self.read(record.getMessage())

    def read(self, text: str) -> None:
        """Look through a text that a dapp wrote."""
        self._seen += [line for line in text.splitlines() if MARK in line]

    def follow(self, folder: Path) -> None:
        """Look through what is written to the dapp's log in this folder from now on."""
        self._logs.setdefault(folder / "dapp.log", 0)

    def take(self) -> list[str]:
        """Lines about bugs, each once."""
        for log, read in self._logs.items():
            if log.exists():
                text = log.read_bytes()[read:]
                self._logs[log] += len(text)
                self.read(text.decode(errors="replace"))
        seen, self._seen = self._seen, []
        return seen


WATCH = BugWatch()


def install() -> None:
    """Watch this process from now on, and the folders to which its services write."""
    logging.getLogger("deml").addHandler(WATCH)
    make = Service.__init__

    def watched(self: Service, name: str, folder: Path, log: Path) -> None:
        make(self, name, folder, log)
        WATCH.follow(log.parent)

    Service.__init__ = watched  # type: ignore[method-assign]
