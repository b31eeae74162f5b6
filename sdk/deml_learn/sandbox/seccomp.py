"""Which system calls a confined program may not make: those that reach past a sandbox, or have no place in training.

The filter is a deny list over what the other walls (namespaces, no capabilities, no network) leave open; a denied call
answers EPERM, so that libraries with a fallback take it.
"""

from __future__ import annotations

import errno
import socket
from pathlib import Path
from typing import Final

from deml_learn.sandbox.errors import NoSandbox

DENIED: Final = (
    # Other processes' memory, tracing, profiling; what is in the machine's caches.
    "ptrace process_vm_readv process_vm_writev process_madvise kcmp perf_event_open pidfd_getfd mincore cachestat",
    "move_pages migrate_pages",
    # What others see of a file that they can read, too: locks on it, and who is told of its use.
    "flock inotify_init inotify_init1 fanotify_init fanotify_mark",
    # Counted for the whole machine or all of the user's processes together.
    "io_setup io_submit io_destroy mq_open memfd_secret",
    # The kernel's keys, programs, modules, log.
    "add_key request_key keyctl bpf init_module finit_module delete_module kexec_load kexec_file_load syslog",
    # File systems and namespaces.
    "mount umount2 pivot_root move_mount open_tree fsopen fsconfig fsmount fspick mount_setattr chroot unshare setns",
    "name_to_handle_at open_by_handle_at quotactl swapon swapoff mknod mknodat",
    # Interfaces with a long history of holes.
    "userfaultfd io_uring_setup io_uring_enter io_uring_register vmsplice",
    # The machine itself.
    "reboot acct settimeofday clock_settime clock_adjtime adjtimex sethostname setdomainname iopl ioperm",
    "lookup_dcookie personality vhangup nfsservctl",
)

_NEW_NAMESPACES: Final = 0x7E02_0080
"""The CLONE_NEW* flags of ``clone``."""

_FAMILIES: Final = 64
"""More families of sockets than Linux has."""

_KINDS_OF_SOCKETS: Final = 16
"""Kinds are the lowest four bits; flags are above."""

_LOCKS: Final = (5, 6, 7, 36, 37, 38, 1_024, 1_026)
"""Requests of ``fcntl`` about locks of a process or of an open file, leases, and news of a folder."""

_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
"""Requests that type into a terminal."""


def write_filter(path: Path, *, network: bool = False) -> None:
    """Compile the filter to BPF, as bubblewrap reads it.

    Parameters
    ----------
    network
        Let connections be made, by IPv4 and IPv6.

    Raises
    ------
    NoSandbox
        If libseccomp is not there.
    """
    try:
        import pyseccomp as seccomp
    except (ImportError, RuntimeError) as error:
        raise NoSandbox(
            f"libseccomp is missing ({error})", "On Debian or Ubuntu: apt-get install libseccomp2"
        ) from error
    denied = seccomp.ERRNO(errno.EPERM)
    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    for name in " ".join(DENIED).split():
        if seccomp.resolve_syscall(seccomp.Arch.NATIVE, name) >= 0:
            rules.add_rule(denied, name)
    if network:
        for family in set(range(_FAMILIES)) - {socket.AF_INET, socket.AF_INET6}:
            rules.add_rule(denied, "socket", seccomp.Arg(0, seccomp.EQ, family))
        rules.add_rule(denied, "socket", seccomp.Arg(0, seccomp.GE, _FAMILIES))
    else:
        rules.add_rule(denied, "socket")
        for name in ("connect", "bind", "listen", "accept", "accept4"):
            rules.add_rule(denied, name)
    rules.add_rule(denied, "socketpair", seccomp.Arg(0, seccomp.NE, socket.AF_UNIX))
    # A datagram socket can be sent from to any address: those of a pair are connected only by courtesy.
    for kind in range(_KINDS_OF_SOCKETS):
        if kind != socket.SOCK_STREAM:
            rules.add_rule(denied, "socketpair", seccomp.Arg(1, seccomp.MASKED_EQ, _KINDS_OF_SOCKETS - 1, kind))
    for request in _LOCKS:
        rules.add_rule(denied, "fcntl", seccomp.Arg(1, seccomp.MASKED_EQ, 0xFFFF_FFFF, request))
    for flag in (1 << bit for bit in range(32) if _NEW_NAMESPACES >> bit & 1):
        rules.add_rule(denied, "clone", seccomp.Arg(0, seccomp.MASKED_EQ, flag, flag))
    rules.add_rule(seccomp.ERRNO(errno.ENOSYS), "clone3")
    for request in (_TIOCSTI, _TIOCLINUX):
        rules.add_rule(denied, "ioctl", seccomp.Arg(1, seccomp.MASKED_EQ, 0xFFFF_FFFF, request))
    with path.open("wb") as file:
        rules.export_bpf(file)
