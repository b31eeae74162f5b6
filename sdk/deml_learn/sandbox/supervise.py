"""Running a command inside a control group, and stopping it at its limits."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Final

from deml_learn.sandbox.cgroups import Group
from deml_learn.sandbox.kept import empty, holds_more_than
from deml_learn.sandbox.seam import Ending, Limits, Outcome
from deml_sdk.visible import visible_lines

_LOOK_SECONDS: Final = 0.05
"""How often limits that no kernel keeps are looked at: time, what is kept."""

_LAST_SECONDS: Final = 2.0
"""How long a command has for noticing that all inside it is gone."""

_PIECE: Final = 65_536
_LAST_WORDS: Final = 4_096
_LONGEST_LINE: Final = 65_536

_LINE_COSTS: Final = 512
"""What a line counts at least, in bytes: to show one takes work, however short it is."""


def supervise(
    command: Sequence[str],
    out: Path,
    limits: Limits,
    group: Group,
    on_line: Callable[[bytes], None],
    *,
    environment: Mapping[str, str] | None = None,
    pass_fds: Sequence[int] = (),
) -> Outcome:
    """Run `command` in `group` until it ends or meets a limit; no process of it is left then.

    Parameters
    ----------
    out
        Folder of this machine that fills up with what the command keeps; it is emptied if the command was stopped.
    environment
        All environment variables of the command; those of this process if None.
    """
    bounds = f"ulimit -c 0; ulimit -t {limits.cpu_seconds}; ulimit -f {-(-limits.file_bytes // 512)}; "
    argv = ("/bin/sh", "-ec", f'{bounds}exec "$@"', "sh", *group.prefix, *command)
    process = subprocess.Popen(  # noqa: S603 - running programs is what this module is for
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
        pass_fds=pass_fds,
        start_new_session=True,
    )
    try:
        stopped, last_words = _watch(process, out, limits, group, on_line)
    finally:
        _end(process, group)
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
    usage = group.usage()
    ending = stopped or _ending(process.returncode, usage.out_of_memory, usage.out_of_processes)
    if ending is Ending.EXITED and holds_more_than(out, limits.kept_bytes):
        ending = Ending.KEPT_TOO_MUCH
    if ending is not Ending.EXITED:
        empty(out)
    said = visible_lines(last_words[-_LAST_WORDS:].decode("utf-8", "replace")).strip()
    return Outcome(ending, process.returncode, said, usage.peak_memory)


def _end(process: subprocess.Popen[bytes], group: Group) -> None:
    """End what is inside first, so that the command, its parent, reaps it; then the command and its session."""
    group.kill(process.pid)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_LAST_SECONDS if group.prefix else 0)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    group.kill()


def _ending(code: int, out_of_memory: int, out_of_processes: int) -> Ending:
    if code and out_of_memory:
        return Ending.OUT_OF_MEMORY
    if code and out_of_processes:
        return Ending.OUT_OF_PROCESSES
    return Ending.EXITED


def _watch(
    process: subprocess.Popen[bytes], out: Path, limits: Limits, group: Group, on_line: Callable[[bytes], None]
) -> tuple[Ending | None, bytes]:
    """Pass on what it prints until it ends; or say which limit it has met."""
    begun, looked = time.monotonic(), 0.0
    lines, words, spoken = _Lines(on_line), deque[bytes](maxlen=4), 0
    with selectors.DefaultSelector() as selector:
        for pipe, take in ((process.stdout, lines.take), (process.stderr, words.append)):
            if pipe is not None:
                os.set_blocking(pipe.fileno(), False)
                selector.register(pipe, selectors.EVENT_READ, take)
        while selector.get_map() or process.poll() is None:
            for key, _ in selector.select(_LOOK_SECONDS):
                piece = _read(key.fileobj)
                spoken += max(len(piece), piece.count(b"\n") * _LINE_COSTS)
                if spoken > limits.spoken_bytes:
                    return Ending.SPOKE_TOO_MUCH, b"".join(words)
                if piece:
                    key.data(piece)
                else:
                    selector.unregister(key.fileobj)
            now = time.monotonic()
            if now - looked >= _LOOK_SECONDS:
                looked = now
                met = _limit_met(now - begun, out, limits, group)
                if met is not None:
                    return met, b"".join(words)
    lines.finish()
    return None, b"".join(words)


def _read(pipe: IO[bytes] | int | object) -> bytes:
    if not hasattr(pipe, "fileno"):
        raise TypeError("a pipe is needed")
    return os.read(pipe.fileno(), _PIECE)


def _limit_met(seconds: float, out: Path, limits: Limits, group: Group) -> Ending | None:
    if seconds > limits.wall_seconds:
        return Ending.TIMED_OUT
    if holds_more_than(out, limits.kept_bytes):
        return Ending.KEPT_TOO_MUCH
    spent = group.usage().cpu_seconds
    if spent is not None and spent > limits.cpu_seconds:
        return Ending.CPU_SPENT
    return None


class _Lines:
    """Cuts what is printed into lines; overlong ones are cut off."""

    def __init__(self, on_line: Callable[[bytes], None]) -> None:
        self._on_line = on_line
        self._rest = bytearray()

    def take(self, piece: bytes) -> None:
        self._rest += piece
        *whole, rest = bytes(self._rest).split(b"\n")
        for line in whole:
            self._on_line(line[:_LONGEST_LINE])
        self._rest = bytearray(rest[: _LONGEST_LINE + 1])

    def finish(self) -> None:
        if self._rest:
            self._on_line(bytes(self._rest[:_LONGEST_LINE]))
