"""Files that are written as a whole or not at all, readable by their owner only."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from deml_sdk.errors import StorageUnavailable


def write_whole(path: Path, content: bytes) -> None:
    """Write a file, replacing one that is there; its directory is made, for the owner only, if it is missing.

    Raises
    ------
    StorageUnavailable
        If there is no room, or the disk or its permissions do not let it. What was there is there still.
    """
    try:
        _write(path, content)
    except OSError as error:
        raise StorageUnavailable(str(path), error.strerror or str(error)) from error


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
