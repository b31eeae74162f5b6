"""Programs for the sandbox's tests, small limits to run them in, and what must be as before afterwards."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from deml_learn.sandbox.cgroups import ROOT
from deml_learn.sandbox.interface import MIB, Confined, Limits, Mount, ProgramResult, Sandbox
from deml_learn.sandbox.python import interpreter, python_environment, python_mounts

SMALL = Limits(
    memory_bytes=128 * MIB,
    processes=16,
    cpu_seconds=20,
    wall_seconds=30,
    scratch_bytes=16 * MIB,
    file_bytes=2 * MIB,
    kept_bytes=4 * MIB,
    spoken_bytes=MIB,
)


def run(
    sandbox: Sandbox,
    program: str,
    limits: Limits = SMALL,
    mounts: tuple[Mount, ...] = (),
    on_line: Callable[[bytes], None] = lambda _line: None,
    wanted: tuple[str, ...] = (),
) -> ProgramResult:
    """Run a Python program in `sandbox`."""
    argv = (interpreter(), "-c", program)
    mounts = (*python_mounts(), *mounts)
    environment = python_environment()
    return sandbox.run(Confined(argv, (), mounts, limits, environment, wanted), on_line)


def groups() -> set[Path]:
    """Control groups that a sandbox of this process has made."""
    return groups_named(f"deml-{os.getpid()}-")


def groups_named(start: str) -> set[Path]:
    """Control groups whose names begin so; others' may vanish while one looks, which `os.walk` passes over."""
    return {Path(above, one) for above, names, _ in os.walk(ROOT) for one in names if one.startswith(start)}


def descendants() -> set[int]:
    """Processes whose ancestor this one is."""
    return descendants_of(os.getpid())


def descendants_of(ancestor: int) -> set[int]:
    """Processes below one."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = status.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        parents[int(status.parent.name)] = int(words[1])
    found = {ancestor}
    while more := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {ancestor}


def mounts() -> set[str]:
    """Places where something is mounted for a sandbox: others on this machine may mount what they like meanwhile."""
    places = (line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines())
    return {
        place
        for place in places
        if place.startswith(("/out", "/job", "/data", "/newroot", "/oldroot")) or "deml-" in place
    }


@contextmanager
def as_before() -> Iterator[None]:
    """The machine is left as it was: no process, control group or mount more."""
    before = descendants(), groups(), mounts()
    yield
    assert (descendants() - before[0], groups() - before[1], mounts() - before[2]) == (set(), set(), set())
