"""Hostile trainers, what each reaches for, and how each must end: run by tests, and printed as a table of the docs.

``python -m tests.support.hostile_trainers`` runs them all as whoever calls it, and prints how they ended, as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from deml.base.errors import DemlError
from deml_learn.sandbox.find import find_sandbox
from deml_learn.sandbox.interface import ExitReason, Limits, Mount, Sandbox
from tests.support.confinement import SMALL, run

SHORT = replace(SMALL, wall_seconds=2)
BRIEF = replace(SMALL, cpu_seconds=1)

_ATTEMPT = """
import errno, json
def answer():
{body}
    return "nothing stopped it"
try:
    print(json.dumps(answer()))
except OSError as error:
    print(json.dumps(errno.errorcode.get(error.errno, type(error).__name__)))
"""

_LIBC = "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"


@dataclass(frozen=True, slots=True)
class Hostile:
    """A trainer: what it does, its program, and the ways in which it may end.

    Where it tries one thing, that is the error which it meets, by its name in C, or what it says it found; else why it
    was stopped.
    """

    does: str
    program: str
    ends: tuple[str, ...]
    limits: Limits = SMALL


def tries(does: str, body: str, *ends: str, limits: Limits = SMALL) -> Hostile:
    """A trainer that tries one thing."""
    indented = "\n".join(f"    {line}" for line in body.strip().splitlines())
    return Hostile(does, _ATTEMPT.format(body=indented), ends, limits)


def calls(does: str, call: str, *ends: str) -> Hostile:
    """A trainer that calls the C library, or the kernel by number."""
    body = f"{_LIBC}if {call} < 0: raise OSError(ctypes.get_errno(), '')"
    return tries(does, body, *ends)


def goes_on(does: str, program: str, *ends: str, limits: Limits = SMALL) -> Hostile:
    """A trainer that goes on until it is stopped."""
    return Hostile(does, program, ends, limits)


def opens(family: str, address: str) -> str:
    return f"import socket\nsocket.socket(socket.{family}, socket.SOCK_DGRAM).connect({address})"


NETWORK = (
    tries("opens a socket of IPv4", opens("AF_INET", "('127.0.0.1', 80)"), "EPERM"),
    tries("opens a socket of IPv6", opens("AF_INET6", "('::1', 80)"), "EPERM"),
    tries("opens a UNIX socket whose file it can see", opens("AF_UNIX", "'/data/socket'"), "EPERM"),
    tries("opens an abstract socket", opens("AF_UNIX", "'\\0deml'"), "EPERM"),
    *(
        tries(f"opens a socket of {one}", f"import socket\nsocket.socket(socket.{one}, socket.SOCK_RAW)", "EPERM")
        for one in ("AF_NETLINK", "AF_PACKET", "AF_VSOCK", "AF_ALG")
    ),
    tries("asks DNS", "import socket\nsocket.getaddrinfo('example.org', 80)", "gaierror", "EAI_AGAIN", "EIO"),
    tries(
        "sends to any address by a pair of datagram sockets",
        "import socket\na, b = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)\na.sendto(b'row', '/data/socket')",
        "EPERM",
    ),
    tries(
        "connects one of a pair of sockets to another address",
        "import socket\na, b = socket.socketpair()\na.connect('/data/socket')",
        "EPERM",
    ),
    tries("binds one of a pair of sockets", "import socket\na, b = socket.socketpair()\na.bind('/tmp/s')", "EPERM"),
)

CONFEDERATES = (
    tries(
        "locks a file that others can read (flock)",
        "import fcntl, os\nfcntl.flock(os.open('/usr/bin/env', os.O_RDONLY), fcntl.LOCK_SH)",
        "EPERM",
    ),
    tries(
        "locks a part of such a file (fcntl)",
        "import fcntl, os\nfcntl.lockf(os.open('/usr/bin/env', os.O_RDONLY), fcntl.LOCK_SH)",
        "EPERM",
    ),
    *(
        tries(
            f"asks for {what} of such a file",
            f"import fcntl, os\nfcntl.fcntl(os.open('/usr/bin', os.O_RDONLY), {request}, 0)",
            "EPERM",
        )
        for what, request in (("a lease", 1_024), ("news", 1_026))
    ),
    tries(
        "writes to a named pipe on a read-only mount",
        "import os\nos.write(os.open('/data/pipe', os.O_WRONLY | os.O_NONBLOCK), b'row')",
        "EACCES",
    ),
    calls("watches who uses a file (inotify)", "libc.inotify_init1(0)", "EPERM"),
    calls("watches who uses a file (fanotify)", "libc.fanotify_init(0, 0)", "EPERM"),
    calls("looks into the machine's file cache", "libc.mincore(0, 4096, ctypes.create_string_buffer(8))", "EPERM"),
)

FILES = (
    *(
        tries(f"reads {place}", f"import os\nos.stat({place!r})", "ENOENT")
        for place in ("/etc/shadow", "/etc/passwd", "/home", "/var/lib", "/run", "/sys/kernel")
    ),
    tries("reads keys in the home folder", f"import os\nos.stat({str(Path.home() / '.ssh')!r})", "ENOENT"),
    tries(
        "reads settings of other programs",
        "import os\nplaces = ('/etc', '/usr/local/etc', '/usr/etc', '/var', '/run', '/srv')\n"
        "found = {one for place in places if os.path.isdir(place) for one in os.listdir(place)}\n"
        "return ', '.join(sorted(found - {'alternatives', 'ld.so.cache'})) or 'finds nothing'",
        "finds nothing",
    ),
    tries(
        "reads pip's settings beside the interpreter",
        "import os, sys\nfound = {one for prefix in (sys.prefix, sys.base_prefix) if not prefix.startswith('/usr')"
        " for one in os.listdir(prefix)}\n"
        "return ', '.join(sorted(found - {'bin', 'lib', 'lib64', 'pyvenv.cfg'})) or 'finds nothing'",
        "finds nothing",
    ),
    tries(
        "reads the environment of others",
        "import os, pathlib\nfound = str(dict(os.environ)).encode()\n"
        "for one in pathlib.Path('/proc').glob('[0-9]*/environ'):\n"
        "    try: found += one.read_bytes()\n"
        "    except PermissionError: continue\n"
        "return 'a secret' if b'DEML_SECRET' in found else 'finds nothing'",
        "finds nothing",
    ),
    tries(
        "looks at other processes",
        "import os\nfound = [int(one) for one in os.listdir('/proc') if one.isdigit()]\n"
        "return 'sees its own' if max(found) < 10 else 'sees more'",
        "sees its own",
    ),
    *(
        tries(f"reads /proc/{name}", f"open('/proc/{name}', 'rb').read(8)", "EACCES", "ENOENT")
        for name in ("kpagecount", "kpageflags", "keys", "kcore", "kallsyms", "loadavg", "vmstat")
    ),
    *(
        tries(f"writes to {folder}", f"open('{folder}/planted', 'w')", "EROFS", "EACCES", "ENOENT")
        for folder in ("/usr", "/etc", "/dev", "/data", "/launcher", "/proc/sys/kernel", "/home")
    ),
    tries(
        "changes the packages it runs on",
        "import pathlib, numpy\npathlib.Path(numpy.__file__).with_name('planted.py').write_text('x')",
        "EROFS",
        "EACCES",
        limits=replace(SMALL, memory_bytes=512 * 2**20),
    ),
    tries(
        "changes settings of the kernel",
        "import os\nfound = [f'{place}/{name}' for place, _, names in os.walk('/proc/sys') for name in names]\n"
        "return 'can write none' if len(found) > 100 and not any(os.access(one, os.W_OK) for one in found) else 'some'",
        "can write none",
    ),
    tries("makes a device", "import os, stat\nos.mknod('/out/disk', 0o666 | stat.S_IFBLK, os.makedev(8, 0))", "EPERM"),
)

KERNEL = (
    calls("traces another process", "libc.ptrace(16, 1, 0, 0)", "EPERM"),
    calls("mounts a file system", "libc.mount(b'none', b'/tmp', b'tmpfs', 0, 0)", "EPERM"),
    calls("makes a namespace", "libc.unshare(0x10000000)", "EPERM"),
    calls("changes its root", "libc.chroot(b'/tmp')", "EPERM"),
    *(
        calls(
            f"calls {name} by its number",
            f"libc.syscall({x86} if os.uname().machine == 'x86_64' else {arm}, 8, 0, 0, 0, 0)",
            "EPERM",
        )
        for name, x86, arm in (
            ("io_uring_setup", 425, 425),
            ("bpf", 321, 280),
            ("io_setup", 206, 0),
            ("userfaultfd", 323, 282),
            ("perf_event_open", 298, 241),
            ("memfd_secret", 447, 447),
            ("keyctl", 250, 219),
        )
    ),
    tries("becomes root", "import os\nos.setuid(0)", "EPERM", "EINVAL"),
)

APPETITE = (
    goes_on("forks without end", "import os\nwhile True: os.fork()", "out of processes", "out of time", limits=SHORT),
    goes_on(
        "forks without end, though it fails",
        "import os\nwhile True:\n    try: os.fork()\n    except OSError: pass",
        "out of time",
        limits=SHORT,
    ),
    goes_on("eats memory", "kept = [bytearray(2**22) for _ in range(10_000)]", "out of memory"),
    goes_on(
        "eats memory in many processes",
        "import os\nos.fork(); os.fork(); os.fork()\nkept = [bytearray(2**20) for _ in range(10_000)]",
        "out of memory",
    ),
    tries("eats temporary space", "for i in range(64): open(f'/tmp/{i}', 'wb').write(bytes(2**20))", "ENOSPC"),
    tries(
        "leaves many files",
        "import os\nfor i in range(10**5): os.write(os.open(f'/out/{i}', os.O_CREAT | os.O_WRONLY), b'x')",
        "ENOSPC",
        "EMFILE",
    ),
    tries(
        "leaves files without a name",
        "import os\nfor i in range(200):\n    file = os.open(f'/out/{i}', os.O_CREAT | os.O_WRONLY)\n"
        "    os.unlink(f'/out/{i}')\n    os.write(file, bytes(2**20))",
        "ENOSPC",
    ),
    goes_on(
        "leaves empty files without end",
        "import os\nfor i in range(10**7): os.close(os.open(f'/out/{i}', os.O_CREAT | os.O_WRONLY))",
        "out of memory",
        "ended with an error",
        limits=replace(SMALL, memory_bytes=48 * 2**20),
    ),
    tries(
        "writes a file of 1 GB",
        "with open('/out/model.safetensors', 'wb') as file:\n    for _ in range(1024): file.write(bytes(2**20))",
        "EFBIG",
    ),
    goes_on("burns the processor", "while True: pass", "CPU time spent", "ended by a signal", limits=BRIEF),
    goes_on(
        "burns the processor in many processes",
        "import os\nfor _ in range(3): os.fork()\nwhile True: pass",
        "CPU time spent",
        limits=BRIEF,
    ),
    goes_on(
        "hangs, and ignores requests to stop",
        "import signal, time\nfor one in (1, 2, 15): signal.signal(one, signal.SIG_IGN)\ntime.sleep(1000)",
        "out of time",
        limits=replace(SMALL, wall_seconds=1),
    ),
    goes_on(
        "leaves a process behind",
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0: time.sleep(1000)",
        "exited",
    ),
    goes_on(
        "kills all that it can, the launcher among them",
        "import os\nos.kill(-1, 9)\nos.kill(os.getppid(), 9)\nimport time; time.sleep(1000)",
        "ended by a signal",
        "ended with an error",
        limits=replace(SMALL, wall_seconds=5),
    ),
    goes_on("prints without end", "while True: print('x' * 10_000)", "printed too much"),
    goes_on("prints empty lines without end", "import os\nwhile True: os.write(1, b'\\n' * 10)", "printed too much"),
    goes_on("locks its own folder", "import os\nos.chmod('/out', 0)", "exited"),
    goes_on(
        "nests folders 1,000 deep",
        "import os\nfor _ in range(1_000):\n    os.mkdir('deep')\n    os.chdir('deep')",
        "exited",
        "out of memory",
    ),
)

GROUPS = {
    "the network": NETWORK,
    "a confederate on the same machine": CONFEDERATES,
    "files": FILES,
    "the kernel": KERNEL,
    "more than its share": APPETITE,
}
TRAINERS = tuple(one for group in GROUPS.values() for one in group)

_SIGNALLED = 128


@contextmanager
def private_rows() -> Iterator[tuple[Mount, ...]]:
    """A folder of rows with a named pipe in it that somebody outside reads."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "rows").write_text("61,1.5")
        os.mkfifo(folder / "pipe")
        reader = os.open(folder / "pipe", os.O_RDONLY | os.O_NONBLOCK)
        try:
            yield (Mount(folder, "/data"),)
            if os.read(reader, 64):
                raise AssertionError("somebody outside was told a row")
        finally:
            os.close(reader)


def ending(sandbox: Sandbox, one: Hostile, mounts: tuple[Mount, ...]) -> str:
    """Run a trainer; how it ended."""
    lines: list[bytes] = []
    outcome = run(sandbox, one.program, one.limits, mounts, lines.append)
    if outcome.ending is not ExitReason.EXITED:
        return str(outcome.ending)
    if outcome.exit_code:
        return "ended by a signal" if outcome.exit_code < 0 or outcome.exit_code > _SIGNALLED else "ended with an error"
    return json.loads(lines[-1]) if lines else "exited"


def endings() -> dict[str, str]:
    """Run them all as whoever this process is; how each ended. One code for all if nothing can be started."""
    os.environ["DEML_SECRET"] = "hunter2"
    try:
        sandbox = find_sandbox()
    except DemlError as error:
        return {one.does: error.code() for one in TRAINERS}
    with private_rows() as mounts:
        return {one.does: ending(sandbox, one, mounts) for one in TRAINERS}


if __name__ == "__main__":
    json.dump(endings(), sys.stdout)
