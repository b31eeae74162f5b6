"""Files that the user names."""

from __future__ import annotations

from pathlib import Path

from deml_cli.errors import UnreadableFile


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
