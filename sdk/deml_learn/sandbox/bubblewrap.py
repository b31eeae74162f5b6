"""bubblewrap: namespaces of its own for a program, without privileges of ours."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from deml_learn.sandbox.cgroups import Groups
from deml_learn.sandbox.errors import NoSandbox
from deml_learn.sandbox.sealed import sealed_copy
from deml_learn.sandbox.seam import OUT, Confined, Limits, Outcome
from deml_learn.sandbox.seccomp import write_filter
from deml_learn.sandbox.supervise import supervise

NOBODY: Final = "65534"

_OWN_PROCESSES: Final = 3
"""bubblewrap itself: outside, in between, and first in the new process namespace."""

_WITHOUT_ENVIRONMENT: Final = ("/usr/bin/env", "-i")
"""bubblewrap is the first process inside, whose environment the others can read."""

_LINKS: Final = ("bin", "lib", "lib32", "lib64", "sbin")
_LOCAL_SETTINGS: Final = "/usr/local/etc"
"""Settings of programs that the machine's administrator has installed, access tokens among them; nothing needs them."""

_SYSTEM_FILES: Final = ("/etc/ld.so.cache", "/etc/alternatives")
_NETWORK_FILES: Final = ("/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf", "/etc/ssl", "/etc/ca-certificates")


def find_bubblewrap() -> str:
    """Path of the program.

    Raises
    ------
    NoSandbox
    """
    path = shutil.which("bwrap")
    if path is None:
        raise NoSandbox("bubblewrap is not installed", "On Debian or Ubuntu: apt-get install bubblewrap")
    return path


@dataclass(frozen=True, slots=True)
class Bubblewrap:
    """Programs in namespaces and a control group, system calls filtered; `network` only for installing packages."""

    program: str
    groups: Groups
    network: bool = False

    @property
    def name(self) -> str:
        """What it is."""
        return f"bubblewrap with {self.groups.name}"

    def run(self, confined: Confined, on_line: Callable[[bytes], None]) -> Outcome:
        """Run a program to its end, or stop it at a limit.

        Raises
        ------
        NoSandbox
            If libseccomp is missing.
        """
        with (
            sealed_copy(self.program) as (program, fds),
            _filter(network=self.network) as fd,
            self.groups.make(_with_own(confined)) as group,
        ):
            command = (*_WITHOUT_ENVIRONMENT, program, *self.arguments(confined, fd), "--", *confined.argv)
            return supervise(command, confined.out, confined.limits, group, on_line, pass_fds=(fd, *fds))

    def arguments(self, confined: Confined, seccomp_fd: int) -> tuple[str, ...]:
        """Arguments that make the walls; `seccomp_fd` is where the filter is read from."""
        limits = confined.limits
        variables = {"PATH": "/usr/bin:/bin", "HOME": "/tmp", "LANG": "C.UTF-8", **dict(confined.environment)}  # noqa: S108 - the program's own /tmp
        return (
            *("--unshare-user", "--disable-userns", "--unshare-ipc", "--unshare-pid", "--unshare-uts"),
            *("--unshare-cgroup", *(() if self.network else ("--unshare-net",))),
            *("--uid", NOBODY, "--gid", NOBODY, "--hostname", "sandbox"),
            *("--new-session", "--die-with-parent", "--cap-drop", "ALL", "--seccomp", str(seccomp_fd)),
            *("--clearenv", *(word for item in variables.items() for word in ("--setenv", *item))),
            *_system(network=self.network),
            # Read-only: the kernel's settings under /proc/sys ask for root's user number, and for no capability.
            *("--proc", "/proc", "--remount-ro", "/proc", "--dev", "/dev", "--remount-ro", "/dev"),
            *("--size", str(limits.scratch_bytes), "--tmpfs", "/dev/shm"),  # noqa: S108 - likewise
            *("--size", str(limits.scratch_bytes), "--tmpfs", "/tmp"),  # noqa: S108 - likewise
            *(word for one in confined.mounts for word in ("--ro-bind", str(one.source), one.target)),
            *("--bind", str(confined.out), OUT, "--chdir", OUT, "--remount-ro", "/"),
        )


def _with_own(confined: Confined) -> Limits:
    return replace(confined.limits, processes=confined.limits.processes + _OWN_PROCESSES)


def _system(*, network: bool) -> Iterator[str]:
    """Programs and libraries of this machine, and what the dynamic linker needs."""
    yield from ("--ro-bind", "/usr", "/usr")
    if Path(_LOCAL_SETTINGS).is_dir():
        yield from ("--tmpfs", _LOCAL_SETTINGS, "--remount-ro", _LOCAL_SETTINGS)
    for name in _LINKS:
        place = Path("/", name)
        if place.is_symlink():
            yield from ("--symlink", os.readlink(place), str(place))
        elif place.is_dir():
            yield from ("--ro-bind", str(place), str(place))
    for path in (*_SYSTEM_FILES, *(_NETWORK_FILES if network else ())):
        yield from ("--ro-bind-try", path, path)


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
