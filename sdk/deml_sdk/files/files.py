"""Files that the user names, to read from or to write to."""

from __future__ import annotations

from pathlib import Path

from deml_sdk.errors import StorageUnavailable, UnreadableFile, UnwritableFile
from deml_sdk.files.atomic import write_whole
from deml_sdk.outages import through_outages
from deml_sdk.progress import Observer


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
    if not replace:
        _require_new(path)
    try:
        write_whole(path, content)
    except StorageUnavailable as error:
        raise UnwritableFile(str(path), error.reason) from error


def write_lasting(path: Path, content: bytes, observer: Observer) -> None:
    """Write a file that cost much to make: where there is no room for it, wait for some."""
    through_outages(lambda: write_whole(path, content), observer)


def check_writable(path: Path, *, replace: bool = True) -> None:
    """Refuse the name of a file that could not be written, before much work goes into what it is to hold.

    Unless `replace`, there must be none of that name.

    Raises
    ------
    UnwritableFile
    """
    if not replace:
        _require_new(path)
    probe = path.with_name(f".{path.name}.try")
    write_file(probe, b"")
    probe.unlink(missing_ok=True)
    if path.is_dir():
        raise UnwritableFile(str(path), "it is a folder")


def _require_new(path: Path) -> None:
    if path.exists():
        raise UnwritableFile(str(path), "it is there already")
