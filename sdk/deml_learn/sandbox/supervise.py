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
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from deml_learn.sandbox.cgroups import ControlGroup
from deml_learn.sandbox.interface import ExitReason, Left, Limits, ProgramResult
from deml_learn.sandbox.kept import empty, holds_more_than
from deml_learn.sandbox.left import MOST_WORDS, entries
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


@dataclass(frozen=True, slots=True)
class Command:
    """A command to supervise.

    Attributes
    ----------
    environment
        All of its environment variables; those of this process if None.
    pass_fds
        File descriptors that it inherits.
    result
        The two ends of a pipe into which it tells what it has left, of which `told` bytes are read at most; None if
        nobody tells.
    keep
        Folder of this machine that fills up with what it keeps; emptied if it was stopped.
    """

    argv: Sequence[str]
    limits: Limits
    environment: Mapping[str, str] | None = None
    pass_fds: Sequence[int] = ()
    result: tuple[int, int] | None = None
    told: int = MOST_WORDS
    keep: Path | None = None


def supervise(command: Command, group: ControlGroup, on_line: Callable[[bytes], None]) -> ProgramResult:
    """Run a command in `group` until it ends or meets a limit; no process of it is left then."""
    limits = command.limits
    bounds = f"ulimit -c 0; ulimit -t {limits.cpu_seconds}; ulimit -f {-(-limits.file_bytes // 512)}; "
    argv = ("/bin/sh", "-ec", f'{bounds}exec "$@"', "sh", *group.prefix, *command.argv)
    process = subprocess.Popen(  # noqa: S603 - running programs is what this module is for
        argv,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=command.environment,
        pass_fds=(*command.pass_fds, *(command.result or ())[1:]),
        start_new_session=True,
    )
    if command.result is not None:
        os.close(command.result[1])
    watch = _Watch(process, command, group, on_line)
    try:
        stopped = watch.until_the_end()
    finally:
        _end(process, group)
        for pipe in (process.stdout, process.stderr):
            if pipe is not None:
                pipe.close()
    return watch.outcome(stopped)


def _end(process: subprocess.Popen[bytes], group: ControlGroup) -> None:
    """End what is inside first, so that the command, its parent, reaps it; then the command and its session."""
    group.kill(process.pid)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(_LAST_SECONDS if group.prefix else 0)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    group.kill()


@dataclass(slots=True)
class _Watch:
    """What a command says, tells and uses while it runs."""

    process: subprocess.Popen[bytes]
    command: Command
    group: ControlGroup
    on_line: Callable[[bytes], None]
    words: deque[bytes] = field(default_factory=lambda: deque(maxlen=4))
    told: bytearray = field(default_factory=bytearray)
    spoken: int = 0

    def until_the_end(self) -> ExitReason | None:
        """Pass on what it prints until it ends; or say which limit it has met."""
        begun, looked = time.monotonic(), 0.0
        lines = _HeardLines(self.on_line)
        with selectors.DefaultSelector() as selector:
            for fd, take in self._sources(lines):
                os.set_blocking(fd, False)
                selector.register(fd, selectors.EVENT_READ, take)
            while selector.get_map() or self.process.poll() is None:
                for key, _ in selector.select(_LOOK_SECONDS):
                    piece = os.read(key.fd, _PIECE)
                    met = self._said(piece, is_told=key.data == self.told.extend)
                    if met is not None:
                        return met
                    if piece:
                        key.data(piece)
                    else:
                        selector.unregister(key.fd)
                now = time.monotonic()
                if now - looked >= _LOOK_SECONDS:
                    looked = now
                    met = self._limit_met(now - begun)
                    if met is not None:
                        return met
        lines.finish()
        return None

    def outcome(self, stopped: ExitReason | None) -> ProgramResult:
        """Say how it ended, and what it has left."""
        usage, code, keep = self.group.usage(), self.process.returncode, self.command.keep
        ending = stopped or _ending(code, usage.out_of_memory, usage.out_of_processes)
        if ending is ExitReason.EXITED and self._keeps_too_much():
            ending = ExitReason.KEPT_TOO_MUCH
        if ending is not ExitReason.EXITED and keep is not None:
            empty(keep)
        said = visible_lines(b"".join(self.words)[-_LAST_WORDS:].decode("utf-8", "replace")).strip()
        told = entries(bytes(self.told)) if ending is ExitReason.EXITED and code == 0 and self.told else None
        return ProgramResult(ending, code, said, usage.peak_memory, tuple(Left(*one) for one in told or ()))

    def _sources(self, lines: _HeardLines) -> list[tuple[int, Callable[[bytes], Any]]]:
        found: list[tuple[int, Callable[[bytes], Any]]] = []
        if self.process.stdout is not None and self.process.stderr is not None:
            found = [(self.process.stdout.fileno(), lines.take), (self.process.stderr.fileno(), self.words.append)]
        if self.command.result is not None:
            found.append((self.command.result[0], self.told.extend))
        return found

    def _said(self, piece: bytes, *, is_told: bool) -> ExitReason | None:
        if is_told:
            return ExitReason.KEPT_TOO_MUCH if len(self.told) + len(piece) > self.command.told else None
        self.spoken += max(len(piece), piece.count(b"\n") * _LINE_COSTS)
        return ExitReason.SPOKE_TOO_MUCH if self.spoken > self.command.limits.spoken_bytes else None

    def _limit_met(self, seconds: float) -> ExitReason | None:
        limits = self.command.limits
        if seconds > limits.wall_seconds:
            return ExitReason.TIMED_OUT
        if self._keeps_too_much():
            return ExitReason.KEPT_TOO_MUCH
        spent = self.group.usage().cpu_seconds
        if spent is not None and spent > limits.cpu_seconds:
            return ExitReason.CPU_SPENT
        return None

    def _keeps_too_much(self) -> bool:
        return self.command.keep is not None and holds_more_than(self.command.keep, self.command.limits.kept_bytes)


def _ending(code: int, out_of_memory: int, out_of_processes: int) -> ExitReason:
    if code and out_of_memory:
        return ExitReason.OUT_OF_MEMORY
    if code and out_of_processes:
        return ExitReason.OUT_OF_PROCESSES
    return ExitReason.EXITED


class _HeardLines:
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
