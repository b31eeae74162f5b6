"""Control groups: what bounds the memory, processes and CPU time of a program and all that it starts.

Resource limits of a process (`ulimit`) do not: they count per process, and not at all for root.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from deml_learn.sandbox.interface import Limits
from deml_learn.sandbox.refusals import no_control_groups

ROOT: Final = Path("/sys/fs/cgroup")
_TIMEOUT_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class Usage:
    """What a group has used, and how often it met a limit; None where that is not counted."""

    out_of_memory: int = 0
    out_of_processes: int = 0
    cpu_seconds: float | None = None
    peak_memory: int | None = None


class ControlGroup(Protocol):
    """A group that exists."""

    @property
    def prefix(self) -> tuple[str, ...]:
        """Words before a command that put it into the group."""
        ...

    def usage(self) -> Usage:
        """What has been used so far."""
        ...

    def kill(self, spare: int = 0, /) -> None:
        """End every process in the group but `spare`."""
        ...


class Groups(Protocol):
    """A way to make groups."""

    @property
    def name(self) -> str:
        """What it is, in a few words."""
        ...

    def make(self, limits: Limits) -> contextlib.AbstractContextManager[ControlGroup]:
        """Make a group; at the end nothing of it is left."""
        ...


def find_groups() -> Groups:
    """Find a way to make groups on this machine.

    Raises
    ------
    NoSandbox
    """
    for groups in (Version2(ROOT), Version1(ROOT)):
        if groups.usable():
            return groups
    if SystemdScopes.usable():
        return SystemdScopes()
    raise no_control_groups()


def _enter(folders: tuple[Path, ...]) -> tuple[str, ...]:
    """Shell that joins groups and becomes the command."""
    joins = "".join('echo $$ > "$1"; shift; ' for _ in folders)
    return ("/bin/sh", "-ec", f'{joins}exec "$@"', "sh", *(str(folder / "cgroup.procs") for folder in folders))


def _pids(folder: Path) -> list[int]:
    try:
        return [int(line) for line in (folder / "cgroup.procs").read_text().split()]
    except FileNotFoundError:
        return []


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text())
    except (FileNotFoundError, ValueError):
        return None


def _count(path: Path, field: str) -> int:
    """Number behind `field` in a file of lines such as ``oom_kill 1``."""
    try:
        lines = (line.split() for line in path.read_text().splitlines())
    except FileNotFoundError:
        return 0
    return next((int(words[1]) for words in lines if words[0] == field), 0)


def _end_all(folder: Path, spare: int = 0) -> None:
    """Kill until nobody else is left: what forks in between is met in the next round."""
    deadline = time.monotonic() + _TIMEOUT_SECONDS
    while (pids := [pid for pid in _pids(folder) if pid != spare]) and time.monotonic() < deadline:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.01)


def _remove(folder: Path) -> None:
    deadline = time.monotonic() + _TIMEOUT_SECONDS
    while folder.exists():
        try:
            folder.rmdir()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _remove_forgotten(parent: Path) -> None:
    """Remove groups whose maker was killed: nothing is in them any more."""
    for folder in parent.glob("deml-*-*"):
        if not Path("/proc", folder.name.split("-")[1]).exists():
            with contextlib.suppress(OSError):
                folder.rmdir()


@contextlib.contextmanager
def _folders(*parents: Path) -> Iterator[tuple[Path, ...]]:
    made: list[Path] = []
    try:
        for parent in parents:
            _remove_forgotten(parent)
            folder = parent / f"deml-{os.getpid()}-{time.monotonic_ns()}"
            folder.mkdir()
            made.append(folder)
        yield tuple(made)
    finally:
        for folder in made:
            _end_all(folder)
            _remove(folder)


@dataclass(frozen=True, slots=True)
class Version1:
    """One hierarchy a controller (Linux, "Control Groups version 1")."""

    root: Path
    name: str = "control groups v1"

    def usable(self) -> bool:
        """Whether this user may make groups."""
        return all(os.access(self.root / one / "cgroup.procs", os.W_OK) for one in ("memory", "pids", "cpuacct"))

    @contextlib.contextmanager
    def make(self, limits: Limits) -> Iterator[ControlGroup]:
        """Make a group in each hierarchy."""
        with _folders(*(self.root / one for one in ("memory", "pids", "cpuacct"))) as (memory, pids, cpu):
            (memory / "memory.limit_in_bytes").write_text(str(limits.memory_bytes))
            swap = memory / "memory.memsw.limit_in_bytes"
            if swap.exists():
                swap.write_text(str(limits.memory_bytes))
            (pids / "pids.max").write_text(str(limits.processes))
            yield _Group1(memory, pids, cpu)


@dataclass(frozen=True, slots=True)
class _Group1:
    memory: Path
    pids: Path
    cpu: Path

    @property
    def prefix(self) -> tuple[str, ...]:
        return _enter((self.memory, self.pids, self.cpu))

    def usage(self) -> Usage:
        spent = _number(self.cpu / "cpuacct.usage")
        return Usage(
            _count(self.memory / "memory.oom_control", "oom_kill"),
            _count(self.pids / "pids.events", "max"),
            None if spent is None else spent / 1e9,
            _number(self.memory / "memory.max_usage_in_bytes"),
        )

    def kill(self, spare: int = 0, /) -> None:
        _end_all(self.pids, spare)


@dataclass(frozen=True, slots=True)
class Version2:
    """The unified hierarchy (Linux, "Control Group v2")."""

    root: Path
    name: str = "control groups v2"

    def usable(self) -> bool:
        """Whether this user may make groups, and they would bound memory and processes."""
        enabled = self.root / "cgroup.subtree_control"
        if not os.access(self.root / "cgroup.procs", os.W_OK) or not enabled.exists():
            return False
        return {"memory", "pids"} <= set(enabled.read_text().split())

    @contextlib.contextmanager
    def make(self, limits: Limits) -> Iterator[ControlGroup]:
        """Make a group."""
        with _folders(self.root) as (folder,):
            (folder / "memory.max").write_text(str(limits.memory_bytes))
            swap = folder / "memory.swap.max"
            if swap.exists():
                swap.write_text("0")
            (folder / "pids.max").write_text(str(limits.processes))
            yield _Group2(folder, _enter((folder,)))


@dataclass(frozen=True, slots=True)
class _Group2:
    folder: Path
    prefix: tuple[str, ...]

    def usage(self) -> Usage:
        spent = _count(self.folder / "cpu.stat", "usage_usec")
        return Usage(
            _count(self.folder / "memory.events", "oom_kill"),
            _count(self.folder / "pids.events", "max"),
            spent / 1e6,
            _number(self.folder / "memory.peak"),
        )

    def kill(self, spare: int = 0, /) -> None:
        _end_all(self.folder, spare)


@dataclass(frozen=True, slots=True)
class SystemdScopes:
    """Groups that the user's systemd makes: ``systemd-run --user --scope``."""

    name: str = "systemd user scopes"

    @staticmethod
    def usable() -> bool:
        """Whether the user's systemd answers."""
        if shutil.which("systemd-run") is None:
            return False
        asked = subprocess.run(
            ["systemd-run", "--user", "--scope", "--quiet", "--", "true"],  # noqa: S607 - found on the user's PATH
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
        return asked.returncode == 0

    @contextlib.contextmanager
    def make(self, limits: Limits) -> Iterator[ControlGroup]:
        """Name a scope, which the command then makes."""
        unit = f"deml-{os.getpid()}-{time.monotonic_ns()}.scope"
        group = _Scope(unit, limits)
        try:
            yield group
        finally:
            group.kill()


@dataclass(frozen=True, slots=True)
class _Scope:
    unit: str
    limits: Limits

    @property
    def prefix(self) -> tuple[str, ...]:
        bounds = {"MemoryMax": self.limits.memory_bytes, "MemorySwapMax": 0, "TasksMax": self.limits.processes}
        properties = (f"--property={name}={value}" for name, value in bounds.items())
        return ("systemd-run", "--user", "--scope", "--quiet", "--collect", f"--unit={self.unit}", *properties, "--")

    def usage(self) -> Usage:
        folder = self._folder()
        return Usage() if folder is None else _Group2(folder, ()).usage()

    def kill(self, spare: int = 0, /) -> None:
        folder = self._folder()
        if folder is not None:
            _end_all(folder, spare)

    def _folder(self) -> Path | None:
        """Find the scope's own group among those of the user."""
        found = (ROOT / "user.slice").glob(f"user-{os.getuid()}.slice/user@*.service/**/{self.unit}")
        return next(found, None)
