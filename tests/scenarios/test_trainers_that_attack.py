"""Trainers that reach for more than they are given: each is contained, said by name, and the machine is as before."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from deml_learn.sandbox.bubblewrap import find_bubblewrap
from deml_learn.sandbox.find import find_sandbox
from deml_learn.sandbox.private import private_folder
from deml_learn.sandbox.seam import MIB, Ending, Limits, Mount, Outcome, Sandbox
from tests.support.confinement import SMALL, as_before, run

pytestmark = pytest.mark.sandbox


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    return find_sandbox()


@pytest.fixture(autouse=True)
def machine_as_before(sandbox: Sandbox) -> Iterator[None]:
    with as_before():
        yield


def told(
    sandbox: Sandbox, program: str, out: Path, limits: Limits = SMALL, mounts: tuple[Mount, ...] = ()
) -> list[object]:
    """What a program prints as JSON, line by line; it must end well."""
    lines: list[bytes] = []
    outcome = run(sandbox, program, out, limits, mounts, lines.append)
    assert (outcome.ending, outcome.exit_code) == (Ending.EXITED, 0), outcome
    return [json.loads(line) for line in lines]


def attempt(
    sandbox: Sandbox, statements: str, out: Path, limits: Limits = SMALL, mounts: tuple[Mount, ...] = ()
) -> object:
    """The name of the error that statements meet; None if they succeed."""
    program = (
        f"import json\ntry:\n{indented(statements)}\n    print('null')\nexcept OSError as error:\n    import errno\n"
    )
    program += "    print(json.dumps(errno.errorcode.get(error.errno, type(error).__name__)))"
    (answer,) = told(sandbox, program, out, limits, mounts)
    return answer


def indented(statements: str) -> str:
    return "\n".join(f"    {line}" for line in statements.splitlines())


class Listener:
    """A server on this machine that counts who comes."""

    def __init__(self, family: int, address: object) -> None:
        self.socket = socket.socket(family)
        self.socket.bind(address)
        self.socket.listen()
        self.visitors = 0
        self._thread = threading.Thread(target=self._count)
        self._thread.start()

    def _count(self) -> None:
        while True:
            visitor, _ = self.socket.accept()
            with visitor:
                self.visitors += 1
                if visitor.recv(4) == b"stop":
                    return

    def close(self) -> int:
        """Visitors other than the one that stops it."""
        with socket.socket(self.socket.family) as last:
            last.connect(self.socket.getsockname())
            last.sendall(b"stop")
        self._thread.join()
        self.socket.close()
        return self.visitors - 1


def visit(sandbox: Sandbox, out: Path, family: str, address: object, listener: Listener) -> object:
    program = f"import socket\nsocket.socket(socket.{family}).connect({address!r})"
    try:
        return attempt(sandbox, program, out)
    finally:
        assert listener.close() == 0


def test_opens_an_ipv4_socket(sandbox: Sandbox, tmp_path: Path):
    listener = Listener(socket.AF_INET, ("127.0.0.1", 0))
    assert visit(sandbox, tmp_path, "AF_INET", listener.socket.getsockname(), listener) == "EPERM"


def test_opens_an_ipv6_socket(sandbox: Sandbox, tmp_path: Path):
    assert attempt(sandbox, "import socket\nsocket.socket(socket.AF_INET6).connect(('::1', 80))", tmp_path) == "EPERM"


def test_opens_a_unix_socket(sandbox: Sandbox, tmp_path: Path):
    """Even of one whose file it can see."""
    place = tmp_path / "in"
    place.mkdir()
    listener = Listener(socket.AF_UNIX, str(place / "s"))
    program = "import socket\nsocket.socket(socket.AF_UNIX).connect('/in/s')"
    out = tmp_path / "out"
    out.mkdir()
    assert attempt(sandbox, program, out, mounts=(Mount(place, "/in"),)) == "EPERM"
    assert listener.close() == 0


def test_opens_an_abstract_socket(sandbox: Sandbox, tmp_path: Path):
    name = f"\0deml-{os.getpid()}"
    listener = Listener(socket.AF_UNIX, name)
    assert visit(sandbox, tmp_path, "AF_UNIX", name, listener) == "EPERM"


def test_asks_dns(sandbox: Sandbox, tmp_path: Path):
    assert attempt(sandbox, "import socket\nsocket.getaddrinfo('example.org', 80)", tmp_path) is not None


@pytest.mark.parametrize("family", ["AF_NETLINK", "AF_PACKET", "AF_VSOCK", "AF_ALG"])
def test_opens_a_socket_of_another_kind(sandbox: Sandbox, tmp_path: Path, family: str):
    program = f"import socket\nsocket.socket(socket.{family}, socket.SOCK_RAW)"
    assert attempt(sandbox, program, tmp_path) == "EPERM"


def test_reads_keys(sandbox: Sandbox, tmp_path: Path):
    keystore = tmp_path / "home" / ".config" / "deml" / "keystore"
    keystore.mkdir(parents=True)
    (keystore / "client.json").write_text("secret")
    out = tmp_path / "out"
    out.mkdir()
    for path in (keystore / "client.json", "/etc/shadow", "/etc/passwd", Path.home() / ".ssh", tmp_path / "home"):
        assert attempt(sandbox, f"import os\nos.stat({str(path)!r})", out) == "ENOENT", path


def test_reads_settings_of_other_programs(sandbox: Sandbox, tmp_path: Path):
    program = """
import json, os
places = ("/etc", "/usr/local/etc", "/var", "/run", "/srv")
print(json.dumps([one for place in places if os.path.isdir(place) for one in os.listdir(place)]))
"""
    (found,) = told(sandbox, program, tmp_path)
    assert isinstance(found, list)
    assert set(found) <= {"alternatives", "ld.so.cache"}


def test_reads_the_environment(sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DEML_PASSWORD", "hunter2")
    program = """
import json, os, pathlib
found = [dict(os.environ)]
for place in pathlib.Path("/proc").glob("[0-9]*/environ"):
    found.append(place.read_bytes().decode())
print(json.dumps(found))
"""
    (found,) = told(sandbox, program, tmp_path)
    assert "hunter2" not in str(found)
    assert "DEML_PASSWORD" not in str(found)


def test_looks_at_other_processes(sandbox: Sandbox, tmp_path: Path):
    program = "import os, json; print(json.dumps([int(one) for one in os.listdir('/proc') if one.isdigit()]))"
    (seen,) = told(sandbox, program, tmp_path)
    assert isinstance(seen, list)
    assert max(seen) < 10


@pytest.mark.parametrize("folder", ["/", "/usr", "/etc", "/dev", "/data", "/proc/sys/kernel", "/home", "/var/tmp"])
def test_writes_outside(sandbox: Sandbox, tmp_path: Path, folder: str):
    data, out = tmp_path / "data", tmp_path / "out"
    data.mkdir()
    out.mkdir()
    program = f"open({folder + '/planted'!r}, 'w').write('x')"
    assert attempt(sandbox, program, out, mounts=(Mount(data, "/data"),)) in ("EROFS", "EACCES", "ENOENT", "EPERM")
    assert list(data.iterdir()) == []


def test_changes_settings_of_the_kernel(sandbox: Sandbox, tmp_path: Path):
    program = """
import json, os
found = [os.path.join(place, name) for place, _, names in os.walk("/proc/sys") for name in names]
print(json.dumps([len(found), [one for one in found if os.access(one, os.W_OK)]]))
"""
    (answer,) = told(sandbox, program, tmp_path)
    assert isinstance(answer, list)
    assert answer[0] > 100
    assert answer[1] == []


def test_reaches_for_the_program_of_the_sandbox(sandbox: Sandbox, tmp_path: Path):
    program = """
import json, os
found = os.stat("/proc/1/exe")
print(json.dumps([[found.st_dev, found.st_ino], os.access("/proc/1/exe", os.W_OK)]))
"""
    (answer,) = told(sandbox, program, tmp_path)
    assert isinstance(answer, list)
    place, writable = answer
    ours = os.stat(find_bubblewrap())
    assert not writable or place != [ours.st_dev, ours.st_ino]


def test_changes_the_packages_it_runs_on(sandbox: Sandbox, tmp_path: Path):
    program = "import numpy, pathlib\n(pathlib.Path(numpy.__file__).parent / 'planted.py').write_text('x')"
    assert attempt(sandbox, program, tmp_path) == "EROFS"


def test_forks_without_end(sandbox: Sandbox, tmp_path: Path):
    program = "import os\nwhile True: os.fork()"
    outcome = run(sandbox, program, tmp_path, replace(SMALL, wall_seconds=2))
    assert outcome.ending in (Ending.OUT_OF_PROCESSES, Ending.TIMED_OUT)


def test_keeps_forking_though_it_fails(sandbox: Sandbox, tmp_path: Path):
    program = """
import os
while True:
    try:
        os.fork()
    except OSError:
        pass
"""
    assert run(sandbox, program, tmp_path, replace(SMALL, wall_seconds=2)).ending is Ending.TIMED_OUT


def test_eats_memory(sandbox: Sandbox, tmp_path: Path):
    outcome = run(sandbox, "kept = [bytearray(2**22) for _ in range(10_000)]", tmp_path)
    assert outcome.ending is Ending.OUT_OF_MEMORY
    assert outcome.peak_memory is not None
    assert outcome.peak_memory <= SMALL.memory_bytes


def test_eats_memory_in_many_processes(sandbox: Sandbox, tmp_path: Path):
    program = "import os\nos.fork(); os.fork(); os.fork()\nkept = [bytearray(2**20) for _ in range(10_000)]"
    assert run(sandbox, program, tmp_path).ending is Ending.OUT_OF_MEMORY


def test_eats_temporary_space(sandbox: Sandbox, tmp_path: Path):
    program = "for i in range(64): open(f'/tmp/{i}', 'wb').write(bytes(2**20))"
    assert attempt(sandbox, program, tmp_path) == "ENOSPC"


def test_eats_the_disk_by_many_files(sandbox: Sandbox, tmp_path: Path):
    program = "for i in range(10**6): open(f'/out/{i}', 'w').write('x')"
    assert run(sandbox, program, tmp_path).ending is Ending.KEPT_TOO_MUCH


def test_eats_the_disk_by_files_without_a_name(sandbox: Sandbox):
    program = """
import os
for number in range(200):
    file = os.open(f"/out/{number}", os.O_CREAT | os.O_WRONLY)
    os.unlink(f"/out/{number}")
    os.write(file, bytes(2**20))
"""
    with private_folder(SMALL.kept_bytes) as out:
        assert run(sandbox, program, out).ending is Ending.OUT_OF_MEMORY


def test_nests_folders_without_end(sandbox: Sandbox):
    program = """
import os
for _ in range(5_000):
    os.mkdir("deep")
    os.chdir("deep")
"""
    with private_folder(SMALL.kept_bytes) as out:
        assert run(sandbox, program, out).ending is Ending.KEPT_TOO_MUCH
        assert list(out.iterdir()) == []


def test_writes_a_file_of_1_gb(sandbox: Sandbox, tmp_path: Path):
    program = "with open('/out/model.safetensors', 'wb') as file:\n    for _ in range(1024): file.write(bytes(2**20))"
    assert attempt(sandbox, program, tmp_path) == "EFBIG"
    assert (tmp_path / "model.safetensors").stat().st_size <= SMALL.file_bytes


def test_hangs_and_ignores_requests_to_stop(sandbox: Sandbox, tmp_path: Path):
    program = "import signal, time\nfor one in (1, 2, 15): signal.signal(one, signal.SIG_IGN)\ntime.sleep(1000)"
    assert run(sandbox, program, tmp_path, replace(SMALL, wall_seconds=1)).ending is Ending.TIMED_OUT


def test_leaves_a_process_behind(sandbox: Sandbox, tmp_path: Path):
    program = "import os, time\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0: time.sleep(1000)"
    assert run(sandbox, program, tmp_path).ending is Ending.EXITED


def test_burns_the_processor(sandbox: Sandbox, tmp_path: Path):
    outcome = run(sandbox, "while True: pass", tmp_path, replace(SMALL, cpu_seconds=1))
    assert outcome.ending is Ending.CPU_SPENT or outcome.exit_code != 0


def test_burns_the_processor_in_many_processes(sandbox: Sandbox, tmp_path: Path):
    program = "import os\nfor _ in range(3): os.fork()\nwhile True: pass"
    assert run(sandbox, program, tmp_path, replace(SMALL, cpu_seconds=1)).ending is Ending.CPU_SPENT


def test_floods_its_output(sandbox: Sandbox, tmp_path: Path):
    outcome = run(sandbox, "while True: print('x' * 10_000)", tmp_path)
    assert outcome.ending is Ending.SPOKE_TOO_MUCH


def test_prints_empty_lines_without_end(sandbox: Sandbox, tmp_path: Path):
    lines: list[bytes] = []
    program = "import os\nwhile True: os.write(1, bytes(10).replace(bytes(1), bytes([10])))"
    outcome = run(sandbox, program, tmp_path, on_line=lines.append)
    assert outcome.ending is Ending.SPOKE_TOO_MUCH
    assert len(lines) < SMALL.spoken_bytes / 500


def test_prints_one_endless_line(sandbox: Sandbox, tmp_path: Path):
    lines: list[bytes] = []
    program = "import sys\nfor _ in range(90): sys.stdout.write('x' * 10_000)"
    run(sandbox, program, tmp_path, on_line=lines.append)
    assert max(map(len, lines)) <= 2**17


def test_speaks_in_escape_sequences(sandbox: Sandbox, tmp_path: Path):
    outcome: Outcome = run(sandbox, "import sys\nsys.stderr.write('\\x1b[2Jgone\\x07')\nsys.exit(3)", tmp_path)
    assert (outcome.exit_code, outcome.last_words) == (3, "\\x1b[2Jgone\\x07")


def test_makes_a_device(sandbox: Sandbox, tmp_path: Path):
    program = "import os, stat\nos.mknod('/out/disk', 0o666 | stat.S_IFBLK, os.makedev(8, 0))"
    assert attempt(sandbox, program, tmp_path) == "EPERM"


@pytest.mark.parametrize(
    "call",
    [
        "libc.ptrace(16, 1, 0, 0)",
        "libc.mount(b'none', b'/tmp', b'tmpfs', 0, 0)",
        "libc.unshare(0x10000000)",
        "libc.syscall(272, 0x10000000)",
        "libc.chroot(b'/tmp')",
        "libc.syscall(425, 8, 0)",
        "libc.syscall(321, 0, 0, 0)",
        "libc.syscall(250, 0, 0, 0, 0)",
    ],
    ids=["ptrace", "mount", "unshare", "unshare by number", "chroot", "io_uring", "bpf", "keyctl"],
)
def test_calls_the_kernel_for_more(sandbox: Sandbox, tmp_path: Path, call: str):
    program = f"import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\nprint({call}, end='')\n"
    program = f"{program}print('', ctypes.get_errno())"
    lines: list[bytes] = []
    outcome = run(sandbox, program, tmp_path, on_line=lines.append)
    assert (outcome.ending, lines) == (Ending.EXITED, [b"-1 1"])


def test_becomes_root(sandbox: Sandbox, tmp_path: Path):
    assert attempt(sandbox, "import os\nos.setuid(0)", tmp_path) in ("EPERM", "EINVAL")


def test_what_it_may_do_works(sandbox: Sandbox, tmp_path: Path):
    data, out = tmp_path / "data", tmp_path / "out"
    data.mkdir()
    out.mkdir()
    (data / "rows").write_text("1 2 3")
    program = "import numpy\nopen('/out/sum', 'w').write(str(numpy.sum(numpy.loadtxt('/data/rows'))))"
    limits = replace(SMALL, memory_bytes=512 * MIB)
    assert attempt(sandbox, program, out, limits, (Mount(data, "/data"),)) is None
    assert (out / "sum").read_text() == "6.0"
    assert (out / "sum").stat().st_uid == os.getuid()
