"""The first program in a sandbox: it lowers itself further, starts the confined one, and tells what that has left.

``python -I -S launcher.py RESULT MOST WANTED [--network] -- PROGRAM ...``: `RESULT` is the file descriptor to tell it
to, `MOST` the largest file that is told, `WANTED` a JSON list of names. It imports nothing but the standard library and
its neighbour, and trusts nobody: what it tells is read like the confined program's own word.
"""

from __future__ import annotations

import ctypes
import importlib.util
import json
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any, Final

OUT: Final = "/out"
WRITABLE: Final = (OUT, "/tmp", "/dev/shm")  # noqa: S108 - the sandbox's own

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
"""System calls of Landlock, of the same numbers on every processor."""

_VERSION: Final = 1
_PATH_BENEATH: Final = 1
_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_MAKE_CHAR, _MAKE_BLOCK = 1 << 6, 1 << 11
_TRUNCATE, _IOCTL_DEV = 1 << 14, 1 << 15
_RIGHTS_BY_VERSION: Final = ((1, 13), (2, 14), (3, 15), (5, 16))
"""How many rights on files each version of Landlock knows, from execution on: ``linux/landlock.h``."""

_NET_RIGHTS, _NET_SINCE = 0b11, 4
"""To bind and to connect TCP sockets."""

_SCOPES, _SCOPES_SINCE = 0b11, 6
"""Abstract UNIX sockets, and signals, to anybody outside."""

_MOST_FILES: Final = 4_096
"""Descriptors below this number are closed: bubblewrap's own, and what it was handed."""

_SIGNALLED: Final = 128
"""What shells add to a signal's number for an exit code."""


def main() -> int:
    """Run a program and tell what it has left."""
    result, most, wanted = int(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3])
    argv = sys.argv[sys.argv.index("--") + 1 :]
    os.closerange(3, result)
    os.closerange(result + 1, _MOST_FILES)
    os.set_inheritable(result, False)
    _lower(network="--network" in sys.argv[4 : sys.argv.index("--")])
    restored = {signal.SIGPIPE, signal.SIGXFSZ}
    child = os.posix_spawn(argv[0], argv, os.environ, setsigdef=restored)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    _end_all_others()
    if code == 0:
        with os.fdopen(result, "wb") as told:
            for piece in _neighbour().collected(OUT, wanted, most):
                told.write(piece)
    return code if code >= 0 else _SIGNALLED - code


def _lower(*, network: bool) -> None:
    """Give up what the walls around leave: writing outside, signals, queues; and keep others out of this process."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    resource.setrlimit(resource.RLIMIT_MSGQUEUE, (0, 0))
    _restrict(libc, network=network)


def _restrict(libc: Any, *, network: bool) -> None:
    """Landlock: nothing outside of its own folders is opened for writing, named pipes of others among it.

    A kernel without Landlock has the other walls; ``docs/sandbox.md`` says what this one adds.
    """
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION)
    if version < 1:
        return
    count = max(rights for since, rights in _RIGHTS_BY_VERSION if since <= version)
    rights = (1 << count) - 1
    fields = [rights]
    if version >= _NET_SINCE:
        fields.append(0 if network else _NET_RIGHTS)
    if version >= _SCOPES_SINCE:
        fields.append(_SCOPES)
    attributes = (ctypes.c_uint64 * len(fields))(*fields)
    ruleset = libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(ctypes.sizeof(attributes)), 0)
    if ruleset < 0:
        raise OSError(ctypes.get_errno(), "Landlock makes no rules")
    _allow(libc, ruleset, "/", _EXECUTE | _READ_FILE | _READ_DIR)
    _allow(libc, ruleset, "/dev", (_WRITE_FILE | _TRUNCATE) & rights)
    for place in WRITABLE:
        _allow(libc, ruleset, place, rights & ~(_MAKE_CHAR | _MAKE_BLOCK | _IOCTL_DEV))
    if libc.syscall(_RESTRICT_SELF, ruleset, 0):
        raise OSError(ctypes.get_errno(), "Landlock cannot be used")
    os.close(ruleset)


def _allow(libc: Any, ruleset: int, place: str, rights: int) -> None:
    here = os.open(place, os.O_PATH | os.O_CLOEXEC)
    try:
        rule = rights.to_bytes(8, sys.byteorder) + here.to_bytes(4, sys.byteorder)
        if libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0):
            raise OSError(ctypes.get_errno(), f"Landlock takes no rule for {place}")
    finally:
        os.close(here)


def _end_all_others() -> None:
    """End whatever the program has left behind, before its folder is looked at."""
    try:
        os.kill(-1, signal.SIGKILL)
    except ProcessLookupError:
        return


def _neighbour() -> Any:
    """Load the module beside this one, without the packages that it lies in."""
    spec = importlib.util.spec_from_file_location("left", Path(__file__).with_name("left.py"))
    if spec is None or spec.loader is None:
        raise ImportError("left.py is missing beside the launcher")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


if __name__ == "__main__":
    sys.exit(main())
