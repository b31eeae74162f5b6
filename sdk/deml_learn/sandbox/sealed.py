"""A program's file out of reach of what it starts."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_MFD_EXEC: Final = 0x10
"""May be executed; needed where ``vm.memfd_noexec`` is set, unknown to Linux before 6.3."""

_SEALS: Final = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE


@contextmanager
def sealed_copy(program: str) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Copy a program into memory that nobody can write to, if this user could write to the program itself.

    What runs inside bubblewrap finds bubblewrap's own file at ``/proc/1/exe``, as this machine has it. Run by root, it
    is root to that file: in the moment between the end of bubblewrap and its own it could write to it (CVE-2019-5736
    was such a hole in runc; tried here, one in ten attempts succeeded).

    Yields
    ------
    tuple[str, tuple[int, ...]]
        The path to run, and the file descriptors to hand on for it.
    """
    if os.geteuid() != 0 and not os.access(program, os.W_OK):
        yield program, ()
        return
    copy = _executable_memory()
    try:
        with os.fdopen(os.dup(copy), "wb") as file:
            file.write(Path(program).read_bytes())
        fcntl.fcntl(copy, fcntl.F_ADD_SEALS, _SEALS)
        yield f"/proc/self/fd/{copy}", (copy,)
    finally:
        os.close(copy)


def _executable_memory() -> int:
    flags = os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING
    try:
        return os.memfd_create("bwrap", flags | _MFD_EXEC)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        return os.memfd_create("bwrap", flags)
