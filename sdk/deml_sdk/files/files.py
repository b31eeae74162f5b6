"""Files that the user names, to read from or to write to."""

from __future__ import annotations

from pathlib import Path

from deml_sdk.errors import UnreadableFile, UnwritableFile
from deml_sdk.files.atomic import write_whole


def read_file(path: Path) -> bytes:
    """Read a file.

    Raises
    ------
    UnreadableFile
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise UnreadableFile(str(path), error.strerror or str(error)) from error


def write_file(path: Path, content: bytes, *, replace: bool = True) -> None:
    """Write a file as a whole; unless `replace`, there must be none yet.

    Raises
    ------
    UnwritableFile
    """
    if not replace and path.exists():
        raise UnwritableFile(str(path), "it is there already")
    try:
        write_whole(path, content)
    except OSError as error:
        raise UnwritableFile(str(path), error.strerror or str(error)) from error
