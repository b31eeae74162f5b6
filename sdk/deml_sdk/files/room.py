"""Room on the disk: its lack is an outage, every other failure of a file is what it is."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from deml_sdk.errors import StorageUnavailable

_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def needing_room(place: Path) -> Iterator[None]:
    """Do what takes room in a folder.

    Raises
    ------
    StorageUnavailable
        If there is none.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        raise StorageUnavailable(str(place), os.strerror(error.errno)) from error


def lacks_room(words: str) -> bool:
    """Whether a program says that it ended for want of room."""
    return any(os.strerror(one) in words for one in _NO_ROOM)
