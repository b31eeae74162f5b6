"""Standard output and error when the disk they go to is full: no program ends because its log does not fit."""

from __future__ import annotations

import errno
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Final, TextIO

_FULL: Final = (errno.ENOSPC, errno.EDQUOT)

_PIECE: Final = 1_000
"""Characters handed on at a time: what does not fit is then still in the stream's own buffer, whole."""

_PAUSE_SECONDS: Final = 1.0


class TerminalStream:
    """A text stream that a full disk does not break.

    Parameters
    ----------
    stream
        What is written to.
    full
        Called when there is no room, before it is tried again; None to go on without what does not fit.
    """

    def __init__(self, stream: TextIO, full: Callable[[], None] | None = None) -> None:
        self._stream, self._full = stream, full

    def write(self, text: str) -> int:
        """Write a text through to the end."""
        for start in range(0, len(text), _PIECE):
            piece = text[start : start + _PIECE]
            if not self._try(partial(self._stream.write, piece)) or not self.flush():
                break
        return len(text)

    def flush(self) -> bool:
        """Hand on what is held; tell whether it went through."""
        while not self._try(self._stream.flush):
            if self._full is None:
                return False
            self._full()
            time.sleep(_PAUSE_SECONDS)
        return True

    def lose(self) -> None:
        """Go on without what does not fit, from now on."""
        self._full = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def _try(self, attempt: Callable[[], object]) -> bool:
        try:
            attempt()
        except OSError as error:
            if error.errno not in _FULL:
                raise
            return False
        return True
