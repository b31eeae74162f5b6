"""The folder that a confined program fills: how much is in it, and how to empty it, whatever was made there."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

MAX_DEPTH: Final = 32
"""Most folders within folders. Packages need a dozen; thousands make paths that cannot be opened or removed."""

_LEAST: Final = 4_096
"""What a file or folder counts at least, in bytes: about what its entry costs."""

_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC

_MEMORY: Final = Path("/dev/shm")  # noqa: S108 - only a folder of our own is made there


@contextmanager
def private_folder(most: int) -> Iterator[Path]:
    """Make a folder that only this user can open, and that is gone afterwards, with room for `most` bytes.

    It lies in memory where there is room: what a confined program writes there counts as its memory, even into files
    that it has removed already and that no look at the folder finds; and private rows do not reach a disk.
    """
    with tempfile.TemporaryDirectory(prefix="deml-", dir=_MEMORY if _has_room(_MEMORY, most) else None) as name:
        try:
            yield Path(name)
        finally:
            empty(Path(name))


def holds_more_than(folder: Path, most: int) -> bool:
    """Whether what is in a folder takes more than `most` bytes, is nested too deep, or keeps itself from being read."""
    total, level = 0, [str(folder)]
    for _ in range(MAX_DEPTH):
        below: list[str] = []
        for place in level:
            try:
                with os.scandir(place) as entries:
                    for entry in entries:
                        with suppress(FileNotFoundError):
                            total += max(_LEAST, entry.stat(follow_symlinks=False).st_blocks * 512)
                        if total > most:
                            return True
                        if entry.is_dir(follow_symlinks=False):
                            below.append(entry.path)
            except (FileNotFoundError, NotADirectoryError):
                continue
            except OSError:
                return True
        if not below:
            return False
        level = below
    return True


def empty(folder: Path) -> None:
    """Remove all that is in a folder, however deep, one step down or up at a time; nobody may be at work in it."""
    here = os.open(folder, _FOLDER)
    try:
        names: list[str] = []
        waiting = [_unlink_files(here)]
        while waiting[-1] or names:
            if waiting[-1]:
                names.append(waiting[-1].pop())
                os.chmod(names[-1], 0o700, dir_fd=here)
                here = _step(names[-1], here)
                waiting.append(_unlink_files(here))
            else:
                here = _step("..", here)
                os.rmdir(names.pop(), dir_fd=here)
                waiting.pop()
    finally:
        os.close(here)


def _unlink_files(here: int) -> list[str]:
    """Remove what is no folder; return the folders' names."""
    with os.scandir(here) as entries:
        found = [(one.name, one.is_dir(follow_symlinks=False)) for one in entries]
    for name, is_folder in found:
        if not is_folder:
            os.unlink(name, dir_fd=here)
    return [name for name, is_folder in found if is_folder]


def _step(name: str, here: int) -> int:
    there = os.open(name, _FOLDER, dir_fd=here)
    os.close(here)
    return there


def _has_room(folder: Path, most: int) -> bool:
    if not os.access(folder, os.W_OK | os.X_OK):
        return False
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize >= 2 * most
