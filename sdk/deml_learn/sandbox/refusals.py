"""Why a machine lets nobody make a sandbox, and what to do about it: read from what the kernel says of itself."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from deml_learn.sandbox.errors import NoSandbox
from deml_learn.sandbox.interface import ProgramResult

_CONTAINERS: Final = (Path("/.dockerenv"), Path("/run/.containerenv"))

_SETTINGS: Final = (
    (Path("/proc/sys/user/max_user_namespaces"), "0", "user.max_user_namespaces=15000"),
    (Path("/proc/sys/kernel/unprivileged_userns_clone"), "0", "kernel.unprivileged_userns_clone=1"),
    (
        Path("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"),
        "1",
        "kernel.apparmor_restrict_unprivileged_userns=0",
    ),
)
"""Settings of Linux, Debian and Ubuntu; the value that forbids namespaces to users; the one that allows them."""

_IN_A_CONTAINER: Final = (
    "This is a container, whose engine forbids it: train outside, or start it with --security-opt seccomp=unconfined "
    "--security-opt apparmor=unconfined --security-opt systempaths=unconfined"
)


def why_it_does_not_start(outcome: ProgramResult) -> NoSandbox:
    """Explain why no program can be started inside."""
    words = (outcome.last_words.splitlines() or [f"it ended with code {outcome.exit_code}"])[0]
    reason = f"bubblewrap does not start ({words.removeprefix('bwrap: ').rstrip('.')})"
    for setting, forbids, allows in _SETTINGS:
        if _read(setting) == forbids:
            return NoSandbox(
                f"this machine lets no user make namespaces ({setting} is {forbids})", f"As root: sysctl -w {allows}"
            )
    if in_a_container():
        return NoSandbox(reason, _IN_A_CONTAINER)
    return NoSandbox(reason, "docs/sandbox.md says what it needs of a machine; 'deml doctor' shows what this one has")


def no_control_groups() -> NoSandbox:
    """Explain why memory and processes cannot be bounded."""
    reason = "control groups, which bound memory and processes, are not open to this user"
    if in_a_container():
        remedy = (
            "This is a container: train outside, or start it with --cgroupns=private --security-opt "
            "writable-cgroups=true, or with -v /sys/fs/cgroup:/sys/fs/cgroup:rw"
        )
        return NoSandbox(reason, remedy)
    if os.geteuid() == 0:
        return NoSandbox(reason, "Mount them: mount -t cgroup2 none /sys/fs/cgroup, with memory and pids enabled")
    return NoSandbox(reason, "Log in to a session that systemd manages ('systemctl --user status' answers there)")


def in_a_container() -> bool:
    """Whether this machine is somebody's container."""
    return any(place.exists() for place in _CONTAINERS)


def _read(setting: Path) -> str | None:
    try:
        return setting.read_text("ascii").strip()
    except OSError:
        return None
