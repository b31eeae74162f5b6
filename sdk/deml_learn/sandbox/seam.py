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

    `scratch_bytes` is for temporary files, which count as memory; `kept_bytes` for all that it leaves in `OUT`, no file
    of which may be larger than `file_bytes`; `spoken_bytes` for what it prints, a line counting as 512 bytes at least.
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
class Confined:
    """A program to run: nothing of this machine is there for it but `mounts`, and `out` as `OUT`."""

    argv: tuple[str, ...]
    out: Path
    mounts: tuple[Mount, ...] = ()
    limits: Limits = field(default_factory=Limits)
    environment: tuple[tuple[str, str], ...] = ()


class Ending(StrEnum):
    """Why a program ended; all but `EXITED` mean that it was stopped."""

    EXITED = "exited"
    OUT_OF_MEMORY = "out of memory"
    OUT_OF_PROCESSES = "out of processes"
    CPU_SPENT = "CPU time spent"
    TIMED_OUT = "out of time"
    KEPT_TOO_MUCH = "wrote too much"
    SPOKE_TOO_MUCH = "printed too much"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it ended; `exit_code` is negative for a signal, `last_words` the end of what it wrote to standard error."""

    ending: Ending
    exit_code: int
    last_words: str
    peak_memory: int | None = None


class Sandbox(Protocol):
    """A way to run programs."""

    @property
    def name(self) -> str:
        """What it is, in a few words."""
        ...

    def run(self, confined: Confined, on_line: Callable[[bytes], None]) -> Outcome:
        """Run a program to its end, or stop it at a limit; `on_line` gets each line that it prints."""
        ...
