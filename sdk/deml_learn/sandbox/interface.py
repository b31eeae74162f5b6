"""What is asked of a sandbox, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final, Protocol

OUT: Final = "/out"
"""Where a confined program may write what is to be kept."""

MIB: Final = 2**20


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a program may use, all its processes together; sizes in bytes, times in seconds.

    `memory_bytes` is beside what it is given to read. `scratch_bytes` is for temporary files and `kept_bytes` for all
    that it leaves in `OUT`, both of which count as memory; no file may be larger than `file_bytes`. `spoken_bytes` is
    for what it prints, a line counting as 512 bytes at least.
    """

    memory_bytes: int = 4_096 * MIB
    processes: int = 64
    cpu_seconds: int = 4 * 3_600
    wall_seconds: int = 4 * 3_600
    scratch_bytes: int = 512 * MIB
    file_bytes: int = 256 * MIB
    kept_bytes: int = 256 * MIB
    spoken_bytes: int = 16 * MIB


@dataclass(frozen=True, slots=True)
class Mount:
    """A file or folder of this machine that a program may read, and where it finds it."""

    source: Path
    target: str


@dataclass(frozen=True, slots=True)
class File:
    """A file that is made for a program, which may read it at `target`; it is nowhere on this machine's disks."""

    target: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Confined:
    """A program to run: nothing of this machine is there for it but `mounts`; `files` are made for it.

    What it leaves in `OUT` lies in memory of the sandbox's own, is gone with it, and is told in its `ProgramResult`:
    the contents of files named in `wanted`, of others only that they are there. With `keep`, `OUT` is that folder of
    this machine instead, and nothing is told.
    """

    argv: tuple[str, ...]
    files: tuple[File, ...] = ()
    mounts: tuple[Mount, ...] = ()
    limits: Limits = field(default_factory=Limits)
    environment: tuple[tuple[str, str], ...] = ()
    wanted: tuple[str, ...] = ()
    keep: Path | None = None


@dataclass(frozen=True, slots=True)
class Left:
    """Something that a program has left in `OUT`.

    `kind` is "file", "folder", "link", or what else it is; `names` counts the names that it has. `content` is None
    unless it was wanted, is a file with one name, and is not too large.
    """

    name: str
    kind: str
    names: int
    size: int
    content: bytes | None = None


class ExitReason(StrEnum):
    """Why a program ended; all but `EXITED` mean that it was stopped."""

    EXITED = "exited"
    OUT_OF_MEMORY = "out of memory"
    OUT_OF_PROCESSES = "out of processes"
    CPU_SPENT = "CPU time spent"
    TIMED_OUT = "out of time"
    KEPT_TOO_MUCH = "wrote too much"
    SPOKE_TOO_MUCH = "printed too much"


@dataclass(frozen=True, slots=True)
class ProgramResult:
    """How it ended; `last_words` is the end of what it wrote to standard error.

    `left` is empty unless it has exited with code 0.
    """

    ending: ExitReason
    exit_code: int
    last_words: str
    peak_memory: int | None = None
    left: tuple[Left, ...] = ()

    def content(self, name: str) -> bytes | None:
        """Content of a file that was wanted; None if it is not there, or not a file as it should be."""
        return next((one.content for one in self.left if one.name == name), None)


class Sandbox(Protocol):
    """A way to run programs."""

    @property
    def name(self) -> str:
        """What it is, in a few words."""
        ...

    def run(self, confined: Confined, on_line: Callable[[bytes], None]) -> ProgramResult:
        """Run a program to its end, or stop it at a limit; `on_line` gets each line that it prints."""
        ...
