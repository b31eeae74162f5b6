"""Programs of the tests as an ordinary user, and on machines that lack something; each in namespaces of their own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.support.confinement import groups_named

ROOT = Path(__file__).parents[2]
USER = 61_234
"""A user that nobody is."""

_DELEGATE = """
group=$GROUP
if [ -d /sys/fs/cgroup/memory ]; then
    for one in memory pids cpuacct; do
        mkdir "/sys/fs/cgroup/$one/$group"; chown -R $USER_ID "/sys/fs/cgroup/$one/$group"
        mount --bind "/sys/fs/cgroup/$one/$group" "/sys/fs/cgroup/$one"
    done
else
    mkdir -p "/sys/fs/cgroup/$group/leaf"; echo '+memory +pids' > "/sys/fs/cgroup/$group/cgroup.subtree_control"
    chown -R $USER_ID "/sys/fs/cgroup/$group"; echo $$ > "/sys/fs/cgroup/$group/leaf/cgroup.procs"
    mount --bind "/sys/fs/cgroup/$group" /sys/fs/cgroup
fi
"""


def as_ordinary_user(module: str) -> str:
    """Run a module as a user with no rights, to whom a group of processes is delegated; root alone can."""
    group = f"deml-tests-{os.getpid()}"
    made = _opened() + _DELEGATE.replace("$GROUP", group).replace("$USER_ID", str(USER))
    drop = f"exec setpriv --reuid {USER} --regid {USER} --clear-groups --inh-caps=-all --bounding-set=-all"
    try:
        return _run(("unshare", "--mount", "--propagation", "private"), f"{made}{drop} {_python(module)}")
    finally:
        _remove_groups(group)


def without_namespaces(module: str) -> str:
    """Run a module where nobody may make namespaces."""
    script = f"echo 0 > /proc/sys/user/max_user_namespaces; exec {_python(module)}"
    return _run(("unshare", "--user", "--map-root-user"), script)


def without_control_groups(module: str) -> str:
    """Run a module where no control groups are mounted, and no systemd answers."""
    script = f"mount -t tmpfs tmpfs /sys/fs/cgroup; exec {_python(module)}"
    return _run(("unshare", "--user", "--map-root-user", "--mount"), script)


def _python(module: str) -> str:
    return f"{sys.executable} -m {module}"


def _run(namespaces: tuple[str, ...], script: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("XDG_", "DBUS_"))}
    path = os.pathsep.join([str(ROOT), *(str(ROOT / one) for one in ("dapp", "sdk", "frontend-cli", "devnet"))])
    done = subprocess.run(
        [*namespaces, "sh", "-ec", script],
        cwd=ROOT,
        env={**environment, "PYTHONPATH": path, "HOME": "/nonexistent"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def _opened() -> str:
    """Commands that make what Python needs readable for everybody, where a folder above it is not."""
    needed = {Path(sys.prefix), Path(sys.base_prefix).resolve(), ROOT}
    closed = {top: [] for one in needed if (top := _closed_above(one))}
    for one in sorted(needed):
        top = _closed_above(one)
        if top is not None:
            closed[top].append(one)
    lines = []
    for number, (top, inside) in enumerate(closed.items()):
        kept = [(f"$kept/{number}-{place}", one) for place, one in enumerate(inside)]
        lines += ["kept=$(mktemp -d)"]
        lines += [f"mkdir {here}; mount --bind {one} {here}" for here, one in kept]
        lines += [f"mount -t tmpfs -o mode=755 tmpfs {top}"]
        lines += [f"mkdir -p {one}; mount --move {here} {one}" for here, one in kept]
    return "\n".join([*lines, ""])


def _closed_above(path: Path) -> Path | None:
    """The uppermost folder on the way to `path` that others cannot go through."""
    return next((one for one in reversed(path.parents) if not one.stat().st_mode & 0o001), None)


def _remove_groups(name: str) -> None:
    for folder in groups_named(name):
        for one in (*folder.glob("*/"), folder):
            if one.is_dir():
                one.rmdir()


def can_change_users() -> bool:
    """Whether this is root, with the tools that it takes."""
    return os.geteuid() == 0 and all(shutil.which(one) for one in ("unshare", "setpriv", "mount"))
