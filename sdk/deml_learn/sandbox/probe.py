"""What a sandbox must not allow, tried from inside: ``python -m deml_learn.sandbox.probe`` prints what it could do.

It runs before anything private is mounted. Each line is a JSON object: a name, and what was possible, or null.
"""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import signal
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Final

FORKS: Final = 48
"""More than the self-test's limit of processes allows."""

MEMORY_BYTES: Final = 512 * 2**20
"""More than the self-test's limit of memory allows."""

_EXPECTED_VARIABLES: Final = {
    *("PATH", "HOME", "LANG", "PWD", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONHASHSEED"),
    *("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "LC_CTYPE", "SHLVL", "_", "OLDPWD", "container"),
}


def fork_without_end() -> str | None:
    children = []
    try:
        for _ in range(FORKS):
            child = os.fork()
            if child == 0:
                signal.pause()
            children.append(child)
    except OSError:
        return None
    finally:
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    return f"started {FORKS} processes at once"


def eat_memory() -> str | None:
    child = os.fork()
    if child == 0:
        with contextlib.suppress(MemoryError):
            block = bytearray(MEMORY_BYTES)
            block[::4_096] = b"x" * len(block[::4_096])
            os._exit(0)
        os._exit(1)
    _, status = os.waitpid(child, 0)
    return None if status else f"used {MEMORY_BYTES >> 20} MiB of memory"


def open_a_socket() -> str | None:
    for family in ("AF_INET", "AF_INET6", "AF_UNIX", "AF_NETLINK", "AF_PACKET"):
        for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW):
            with contextlib.suppress(OSError), socket.socket(getattr(socket, family), kind):
                return f"opened a socket of {family}"
    return None


def write_outside() -> str | None:
    for folder in ("/", "/usr", "/etc", "/dev", "/proc/sys/kernel", os.path.expanduser("~root"), "/var"):
        with contextlib.suppress(OSError):
            Path(folder, "deml-probe").write_text("x")
            return f"wrote to {folder}"
    return None


def read_the_environment() -> str | None:
    names = sorted(set(os.environ) - _EXPECTED_VARIABLES)
    return f"saw the environment variables {', '.join(names)}" if names else None


def read_secrets() -> str | None:
    for path in ("/etc/shadow", "/etc/passwd", "/proc/1/environ", "/sys/kernel", "/run", "/home", "/var/lib"):
        with contextlib.suppress(OSError):
            if Path(path).is_dir() or Path(path).read_bytes():
                return f"found {path}"
    return None


def see_other_processes() -> str | None:
    count = sum(name.isdigit() for name in os.listdir("/proc"))
    return f"saw {count} processes" if count > 4 else None


def gain_privileges() -> str | None:
    status = dict(line.split(":\t", 1) for line in Path("/proc/self/status").read_text().splitlines() if ":\t" in line)
    if int(status["CapEff"], 16) or int(status["CapBnd"], 16):
        return "has capabilities"
    if status["NoNewPrivs"].strip() != "1":
        return "could gain privileges"
    if status["Seccomp"].strip() != "2":
        return "has no filter of system calls"
    return None


def change_the_kernel() -> str | None:
    """Open a setting of the kernel for writing, and write nothing."""
    for place in ("/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe", "/proc/sysrq-trigger"):
        with contextlib.suppress(OSError):
            os.close(os.open(place, os.O_WRONLY))
            return f"could write {place}"
    return None


def change_the_sandbox() -> str | None:
    """See whether the file of the first process, which is the sandbox's own, could be written to."""
    if not os.access("/proc/1/exe", os.W_OK):
        return None
    program = os.open("/proc/1/exe", os.O_RDONLY)
    try:
        sealed = fcntl.fcntl(program, fcntl.F_GET_SEALS) & fcntl.F_SEAL_WRITE
    except OSError:
        sealed = 0
    finally:
        os.close(program)
    return None if sealed else "could write to the program of the sandbox"


def send_a_datagram() -> str | None:
    """See whether a socket is to be had that is connected to nobody for good."""
    with contextlib.suppress(OSError):
        for one in socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM):
            one.close()
        return "opened a pair of datagram sockets, which send to any address"
    return None


def signal_by_locks() -> str | None:
    """Lock a file that everybody on this machine can read, and so can see locked."""
    with open("/proc/self/exe", "rb") as shared:
        for kind, lock in (("flock", fcntl.flock), ("fcntl", fcntl.lockf)):
            with contextlib.suppress(OSError):
                lock(shared, fcntl.LOCK_SH)
                return f"locked a file of this machine by {kind}"
    return None


def look_at_the_machine() -> str | None:
    """Read what the kernel tells of all its memory and of others' keys."""
    for name in ("kpagecount", "kpageflags", "kpagecgroup", "keys", "key-users", "loadavg", "vmstat", "kallsyms"):
        with contextlib.suppress(OSError):
            if Path("/proc", name).read_bytes()[:1]:
                return f"read /proc/{name}"
    return None


def use_up_what_is_counted_for_all() -> str | None:
    """Take of what is counted for the user or for the machine, and not for a control group."""
    libc = ctypes.CDLL(None)
    for name, arguments in (("inotify_init1", (0,)), ("mq_open", (b"/deml", os.O_CREAT | os.O_RDWR, 0o600, None))):
        if hasattr(libc, name) and getattr(libc, name)(*arguments) >= 0:
            return f"could call {name}"
    return None


PROBES: Final[tuple[tuple[str, Callable[[], str | None]], ...]] = (
    ("network", open_a_socket),
    ("files of this machine, writing", write_outside),
    ("files of this machine, reading", read_secrets),
    ("settings of the kernel", change_the_kernel),
    ("program of the sandbox", change_the_sandbox),
    ("environment", read_the_environment),
    ("sockets without a connection", send_a_datagram),
    ("locks that others see", signal_by_locks),
    ("the machine's memory and keys", look_at_the_machine),
    ("what is counted for all", use_up_what_is_counted_for_all),
    ("other processes", see_other_processes),
    ("privileges", gain_privileges),
    ("number of processes", fork_without_end),
    ("memory", eat_memory),
)


if __name__ == "__main__":
    for name, probe in PROBES:
        print(json.dumps([name, probe()]), flush=True)
