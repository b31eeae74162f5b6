"""Folders for a trainer's files that only this user can open, and that do not stay."""

from __future__ import annotations

import fcntl
import os
import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Final

from deml_learn.sandbox.kept import FOLDER, empty

_PREFIX: Final = "deml-private-"

_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - only a folder of our own is made there

_SECONDS_TO_LOCK: Final = 60
"""Younger folders may belong to a process that has not locked them yet."""


@contextmanager
def private_folder(most: int) -> Iterator[Path]:
    """Make a folder that only this user can open, and that is gone afterwards, with room for `most` bytes.

    It lies in memory where there is room: what a confined program writes there counts as its memory, even into files
    that it has removed already and that no look at the folder finds; and private rows do not reach a disk. Being told
    to end (SIGTERM, SIGHUP) removes it too; after a sudden end, the next one to be made does.
    """
    parent = _MEMORY if _has_room(_MEMORY, most) else Path(tempfile.gettempdir())
    _remove_forgotten(parent)
    with (
        _ending_in_order(),
        tempfile.TemporaryDirectory(prefix=_PREFIX, dir=parent) as name,
        _locked(Path(name)),
    ):
        try:
            yield Path(name)
        finally:
            empty(Path(name))


@contextmanager
def _ending_in_order() -> Iterator[None]:
    """Leave as after Ctrl-C when told to end; only the main thread can see to that."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {one: signal.signal(one, _leave) for one in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


def _leave(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold a lock that ends with this process, however that ends."""
    held = os.open(folder, FOLDER)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def _remove_forgotten(parent: Path) -> None:
    """Remove folders of this user whose process has ended without doing so."""
    for folder in parent.glob(f"{_PREFIX}*"):
        with suppress(OSError):
            held = os.open(folder, FOLDER)
            try:
                found = os.fstat(held)
                if found.st_uid == os.geteuid() and time.time() - found.st_ctime > _SECONDS_TO_LOCK:
                    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    empty(folder)
                    folder.rmdir()
            finally:
                os.close(held)


def _has_room(folder: Path, most: int) -> bool:
    if not os.access(folder, os.W_OK | os.X_OK):
        return False
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize >= 2 * most
