"""bubblewrap: namespaces of its own for a program, without any privilege."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import deml_learn.sandbox
from deml_learn.sandbox.bwrap import Bwrap
from deml_learn.sandbox.cgroups import Groups
from deml_learn.sandbox.interface import OUT, Confined, Limits, ProgramResult
from deml_learn.sandbox.left import MOST_WORDS
from deml_learn.sandbox.python import interpreter, settings_files
from deml_learn.sandbox.sealed import memory_file, sealed_copy
from deml_learn.sandbox.seccomp import write_filter
from deml_learn.sandbox.supervise import Command, supervise

NOBODY: Final = "65534"

_OWN_PROCESSES: Final = 4
"""bubblewrap itself: outside, in between, and first in the new process namespace; the launcher."""

_LAUNCHER: Final = "/launcher"
_LAUNCHER_FILES: Final = ("launcher.py", "left.py")

_LINKS: Final = ("bin", "lib", "lib32", "lib64", "sbin")
_LOCAL_SETTINGS: Final = ("/usr/local/etc", "/usr/etc")
"""Settings of programs that the machine's administrator has installed, access tokens among them; nothing needs them."""

_SYSTEM_FILES: Final = ("/etc/ld.so.cache", "/etc/alternatives")
_NETWORK_FILES: Final = ("/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/ssl", "/etc/ca-certificates")

_PROC: Final = Path("/proc")
_PROC_SHOWN: Final = frozenset(
    ("cpuinfo", "filesystems", "meminfo", "mounts", "net", "self", "sys", "thread-self", "uptime", "version")
)
"""What of ``/proc`` is about the machine and needed; the rest tells of its memory, its keys and what others do."""


@dataclass(frozen=True, slots=True)
class Bubblewrap:
    """Programs in namespaces and a control group, system calls filtered; `network` only for installing packages."""

    program: Bwrap
    groups: Groups
    network: bool = False

    @property
    def name(self) -> str:
        """What it is."""
        return f"{self.program.name} with {self.groups.name}"

    def run(self, confined: Confined, on_line: Callable[[bytes], None]) -> ProgramResult:
        """Run a program to its end, or stop it at a limit.

        Raises
        ------
        NoSandbox
            If libseccomp is missing.
        """
        limits = _with_own(confined)
        with ExitStack() as stack:
            program, fds = stack.enter_context(sealed_copy(self.program.path))
            seccomp = stack.enter_context(_filter(network=self.network))
            files = [(stack.enter_context(memory_file(one.content)), one.target) for one in confined.files]
            group = stack.enter_context(self.groups.make(limits))
            read, write = os.pipe()
            stack.callback(os.close, read)
            command = (
                *self.program.before,
                program,
                *self.arguments(confined, seccomp),
                *(word for fd, target in files for word in ("--ro-bind-data", str(fd), target)),
                *("--remount-ro", "/", "--"),
                *self._launched(confined, write),
            )
            given = (seccomp, *fds, *(fd for fd, _ in files))
            told = MOST_WORDS + len(confined.wanted) * limits.file_bytes
            asked = Command(command, limits, None, given, (read, write), told, confined.keep)
            return supervise(asked, group, on_line)

    def arguments(self, confined: Confined, seccomp_fd: int) -> tuple[str, ...]:
        """Arguments that make the walls; `seccomp_fd` is where the filter is read from."""
        limits = confined.limits
        variables = {"PATH": "/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8", **dict(confined.environment)}  # noqa: S108 - the program's own /tmp
        kept = ("--size", str(limits.kept_bytes), "--tmpfs", OUT)
        return (
            *("--unshare-user", "--disable-userns", "--unshare-ipc", "--unshare-pid", "--unshare-uts"),
            *("--unshare-cgroup", *(() if self.network else ("--unshare-net",))),
            *("--uid", NOBODY, "--gid", NOBODY, "--hostname", "sandbox"),
            *("--new-session", "--die-with-parent", "--cap-drop", "ALL", "--seccomp", str(seccomp_fd)),
            *("--clearenv", *(word for item in variables.items() for word in ("--setenv", *item))),
            *_system(network=self.network),
            # Read-only: the kernel's settings under /proc/sys ask for root's user number, and for no capability.
            *("--proc", "/proc", *_hidden_of_proc(), "--remount-ro", "/proc", "--dev", "/dev", "--remount-ro", "/dev"),
            *("--size", str(limits.scratch_bytes), "--tmpfs", "/dev/shm"),  # noqa: S108 - the sandbox's own
            *("--size", str(limits.scratch_bytes), "--tmpfs", "/tmp"),  # noqa: S108 - the sandbox's own
            *(word for one in _launcher() for word in ("--ro-bind", *one)),
            *(word for one in confined.mounts for word in ("--ro-bind", str(one.source), one.target)),
            *(kept if confined.keep is None else ("--bind", str(confined.keep), OUT)),
            *("--chdir", OUT),
        )

    def _launched(self, confined: Confined, result: int) -> tuple[str, ...]:
        """Start the program by the launcher, which lowers itself further before, and tells what is left after."""
        options = ("--network",) if self.network else ()
        most, wanted = str(confined.limits.file_bytes), json.dumps(confined.wanted)
        script = f"{_LAUNCHER}/{_LAUNCHER_FILES[0]}"
        return (interpreter(), "-I", "-S", script, str(result), most, wanted, *options, "--", *confined.argv)


def _with_own(confined: Confined) -> Limits:
    """Limits of the group: bubblewrap is in it, and so are the files that it copies for the program."""
    limits, copied = confined.limits, sum(len(one.content) for one in confined.files)
    return replace(limits, processes=limits.processes + _OWN_PROCESSES, memory_bytes=limits.memory_bytes + copied)


def _launcher() -> Iterator[tuple[str, str]]:
    folder = Path(deml_learn.sandbox.__path__[0])
    for name in _LAUNCHER_FILES:
        yield str(folder / name), f"{_LAUNCHER}/{name}"


def _system(*, network: bool) -> Iterator[str]:
    """Programs and libraries of this machine, and what the dynamic linker needs."""
    yield from ("--ro-bind", "/usr", "/usr")
    for folder in _LOCAL_SETTINGS:
        if Path(folder).is_dir():
            yield from ("--tmpfs", folder, "--remount-ro", folder)
    for file in settings_files():
        yield from ("--ro-bind", os.devnull, str(file))
    for name in _LINKS:
        place = Path("/", name)
        if place.is_symlink():
            yield from ("--symlink", os.readlink(place), str(place))
        elif place.is_dir():
            yield from ("--ro-bind", str(place), str(place))
    for path in (*_SYSTEM_FILES, *(_NETWORK_FILES if network else ())):
        yield from ("--ro-bind-try", path, path)


def _hidden_of_proc() -> Iterator[str]:
    """Empty what ``/proc`` tells of the machine: run by root, even its memory's map and its keys could be read."""
    for place in sorted(_PROC.iterdir()):
        if place.name.isdigit() or place.name in _PROC_SHOWN or place.is_symlink():
            continue
        if place.is_dir():
            yield from ("--tmpfs", str(place), "--remount-ro", str(place))
        else:
            yield from ("--ro-bind", os.devnull, str(place))


@contextmanager
def _filter(*, network: bool) -> Iterator[int]:
    """Compile the filter, and open it for bubblewrap to read."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "filter.bpf")
        write_filter(path, network=network)
        fd = os.open(path, os.O_RDONLY)
        try:
            yield fd
        finally:
            os.close(fd)
