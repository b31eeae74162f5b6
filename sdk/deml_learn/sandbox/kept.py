"""A folder that a confined program fills: how much is in it, and how to empty it, whatever was made there.

Folders are opened one step at a time, each from the one that it lies in and never by a path: what is exchanged for a
link meanwhile leads nowhere.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

MAX_DEPTH: Final = 32
"""Most folders within folders. Packages need a dozen; thousands make paths that cannot be opened or removed."""

_LEAST: Final = 4_096
"""What a file or folder counts at least, in bytes: about what its entry costs."""

FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
"""How to open a folder itself, and nothing that a link leads to."""


def holds_more_than(folder: Path, most: int) -> bool:
    """Whether what is in a folder takes more than `most` bytes, is nested too deep, or keeps itself from being read."""
    try:
        here = os.open(folder, FOLDER)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    try:
        return _left_of(most, here, MAX_DEPTH) is None
    finally:
        os.close(here)


def _left_of(most: int, here: int, depth: int) -> int | None:
    """What is left of `most` bytes after all that is in an open folder; None if nothing is, or it cannot be told."""
    try:
        with os.scandir(here) as entries:
            for entry in entries:
                left = _after(entry, most, here, depth)
                if left is None:
                    return None
                most = left
    except OSError:
        return None
    return most


def _after(entry: os.DirEntry[str], most: int, here: int, depth: int) -> int | None:
    with suppress(FileNotFoundError):
        most -= max(_LEAST, entry.stat(follow_symlinks=False).st_blocks * 512)
    if most < 0 or not entry.is_dir(follow_symlinks=False):
        return most if most >= 0 else None
    if depth == 1:
        return None
    try:
        below = os.open(entry.name, FOLDER, dir_fd=here)
    except (FileNotFoundError, NotADirectoryError):
        return most
    except OSError as error:
        return most if error.errno == errno.ELOOP else None  # it is a link by now
    try:
        return _left_of(most, below, depth - 1)
    finally:
        os.close(below)


def empty(folder: Path) -> None:
    """Remove all that is in a folder, however deep, one step down or up at a time; nobody may be at work in it."""
    os.chmod(folder, 0o700)
    here = os.open(folder, FOLDER)
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
    there = os.open(name, FOLDER, dir_fd=here)
    os.close(here)
    return there
