"""Files in memory that nobody can write to: programs out of reach of what they start, rows that no disk has seen."""

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
    with memory_file(Path(program).read_bytes(), executable=True) as copy:
        yield f"/proc/self/fd/{copy}", (copy,)


@contextmanager
def memory_file(content: bytes, *, executable: bool = False) -> Iterator[int]:
    """Open a file without a name, sealed against writing; it ends with the last process that holds it, however."""
    copy = _memory(executable=executable)
    try:
        with os.fdopen(os.dup(copy), "wb") as file:
            file.write(content)
        os.lseek(copy, 0, os.SEEK_SET)
        fcntl.fcntl(copy, fcntl.F_ADD_SEALS, _SEALS)
        yield copy
    finally:
        os.close(copy)


def _memory(*, executable: bool) -> int:
    flags = os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING
    if not executable:
        return os.memfd_create("deml", flags)
    try:
        return os.memfd_create("bwrap", flags | _MFD_EXEC)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        return os.memfd_create("bwrap", flags)
