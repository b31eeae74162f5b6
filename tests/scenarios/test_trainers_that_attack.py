"""Trainers that reach for more than they are given: each is contained, said by name, and the machine is as before.

`tests/support/hostile_trainers.py` lists them; they run here as whoever runs the tests, as an ordinary user where that
is root, and on machines that lack namespaces or control groups, where none may be started: docs/sandbox.md has a table.
"""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from deml_learn.sandbox.bwrap import find_bubblewrap
from deml_learn.sandbox.find import find_sandbox
from deml_learn.sandbox.interface import MIB, ExitReason, Limits, Mount, ProgramResult, Sandbox
from tests.support.circumstances import (
    as_ordinary_user,
    can_change_users,
    without_control_groups,
    without_namespaces,
)
from tests.support.confinement import SMALL, as_before, run
from tests.support.hostile_trainers import TRAINERS, Hostile, ending, private_rows

pytestmark = pytest.mark.sandbox

ALL = "tests.support.hostile_trainers"


@pytest.fixture(scope="module")
def sandbox() -> Sandbox:
    return find_sandbox()


@pytest.fixture(autouse=True)
def machine_as_before(sandbox: Sandbox) -> Iterator[None]:
    with as_before():
        yield


@pytest.mark.parametrize("trainer", TRAINERS, ids=lambda one: one.does)
def test_a_hostile_trainer(sandbox: Sandbox, trainer: Hostile, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DEML_SECRET", "hunter2")
    with private_rows() as mounts:
        assert ending(sandbox, trainer, mounts) in trainer.ends


if can_change_users():  # whoever is no root is an ordinary user, and has run them as one above

    def test_all_of_them_as_an_ordinary_user():
        found = json.loads(as_ordinary_user(ALL))
        assert {one.does: found[one.does] for one in TRAINERS if found[one.does] not in one.ends} == {}


@pytest.mark.parametrize("circumstance", [without_namespaces, without_control_groups], ids=lambda one: one.__name__)
def test_none_is_started_where_no_sandbox_is_to_be_had(circumstance):
    assert set(json.loads(circumstance(ALL)).values()) == {"NO_SANDBOX"}


REMEDIES = {
    without_namespaces: ("this machine lets no user make namespaces", "sysctl -w user.max_user_namespaces="),
    without_control_groups: ("control groups", "/sys/fs/cgroup"),
}


@pytest.mark.parametrize("circumstance", REMEDIES, ids=lambda one: one.__name__)
def test_what_is_missing_is_said_and_what_helps(circumstance):
    """Never that the sandbox leaks, never to report it, never to become the root that one is."""
    found = json.loads(circumstance("tests.support.sandbox_refusal"))
    missing, remedy = REMEDIES[circumstance]
    assert found["code"] == "NO_SANDBOX"
    assert missing in found["message"]
    assert remedy in found["advice"]
    assert "report" not in found["advice"]
    assert "run as root" not in found["advice"].lower()


def told(sandbox: Sandbox, program: str, limits: Limits = SMALL, mounts: tuple[Mount, ...] = ()) -> list[object]:
    """What a program prints as JSON, line by line; it must end well."""
    lines: list[bytes] = []
    outcome = run(sandbox, program, limits, mounts, lines.append)
    assert (outcome.ending, outcome.exit_code) == (ExitReason.EXITED, 0), outcome
    return [json.loads(line) for line in lines]


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


def visit(sandbox: Sandbox, family: str, address: object, listener: Listener, mounts: tuple[Mount, ...] = ()) -> object:
    program = f"""
import errno, json, socket
try:
    socket.socket(socket.{family}).connect({address!r})
    print("null")
except OSError as error:
    print(json.dumps(errno.errorcode[error.errno]))
"""
    try:
        (answer,) = told(sandbox, program, mounts=mounts)
        return answer
    finally:
        assert listener.close() == 0


def test_opens_an_ipv4_socket(sandbox: Sandbox):
    listener = Listener(socket.AF_INET, ("127.0.0.1", 0))
    assert visit(sandbox, "AF_INET", listener.socket.getsockname(), listener) == "EPERM"


def test_opens_a_unix_socket(sandbox: Sandbox, tmp_path: Path):
    """Even of one whose file it can see."""
    listener = Listener(socket.AF_UNIX, str(tmp_path / "s"))
    assert visit(sandbox, "AF_UNIX", "/in/s", listener, (Mount(tmp_path, "/in"),)) == "EPERM"


def test_opens_an_abstract_socket(sandbox: Sandbox):
    name = f"\0deml-{os.getpid()}"
    assert visit(sandbox, "AF_UNIX", name, Listener(socket.AF_UNIX, name)) == "EPERM"


def test_reads_keys(sandbox: Sandbox, tmp_path: Path):
    keystore = tmp_path / "home" / ".config" / "deml" / "keystore"
    keystore.mkdir(parents=True)
    (keystore / "client.json").write_text("secret")
    program = f"import json, os\nprint(json.dumps([os.path.exists(one) for one in {[str(keystore), str(tmp_path)]}]))"
    assert told(sandbox, program) == [[False, False]]


def test_reaches_for_the_program_of_the_sandbox(sandbox: Sandbox):
    program = """
import json, os
try:
    found = os.stat("/proc/1/exe")
    print(json.dumps([[found.st_dev, found.st_ino], os.access("/proc/1/exe", os.W_OK)]))
except PermissionError:
    print(json.dumps(["out of reach", False]))
"""
    ((place, writable),) = told(sandbox, program)
    ours = os.stat(find_bubblewrap().path)
    assert not writable or place != [ours.st_dev, ours.st_ino]


def test_reaches_for_the_launcher(sandbox: Sandbox):
    """Its memory, and the pipe into which it tells what is left, are closed to the program that it has started."""
    program = """
import json, os
found = []
for name in ("mem", "environ", "maps", *(f"fd/{number}" for number in range(64))):
    try:
        os.close(os.open(f"/proc/{os.getppid()}/{name}", os.O_RDONLY | os.O_NONBLOCK))
        found.append(name)
    except OSError:
        continue
print(json.dumps([found, sorted(int(one) for one in os.listdir("/proc/self/fd"))]))
"""
    ((found, own),) = told(sandbox, program)
    assert found == []
    assert own[:3] == [0, 1, 2]
    assert len(own) == 4, "the fourth is the folder that is being listed"


def test_memory_that_was_used_is_told(sandbox: Sandbox):
    outcome = run(sandbox, "kept = [bytearray(2**22) for _ in range(10_000)]")
    assert outcome.peak_memory is not None
    assert outcome.peak_memory <= SMALL.memory_bytes


def test_prints_empty_lines_without_end(sandbox: Sandbox):
    lines: list[bytes] = []
    program = "import os\nwhile True: os.write(1, bytes(10).replace(bytes(1), bytes([10])))"
    outcome = run(sandbox, program, on_line=lines.append)
    assert outcome.ending is ExitReason.SPOKE_TOO_MUCH
    assert len(lines) < SMALL.spoken_bytes / 500


def test_prints_one_endless_line(sandbox: Sandbox):
    lines: list[bytes] = []
    program = "import sys\nfor _ in range(90): sys.stdout.write('x' * 10_000)"
    run(sandbox, program, on_line=lines.append)
    assert max(map(len, lines)) <= 2**17


def test_speaks_in_escape_sequences(sandbox: Sandbox):
    outcome: ProgramResult = run(sandbox, "import sys\nsys.stderr.write('\\x1b[2Jgone\\x07')\nsys.exit(3)")
    assert (outcome.exit_code, outcome.last_words) == (3, "\\x1b[2Jgone\\x07")


def test_fills_what_is_brought_out(sandbox: Sandbox):
    """Files that were wanted and are too large, or many that were not, are told of and not brought out."""
    program = "for name in ('model', *map(str, range(500))): open(f'/out/{name}', 'wb').write(bytes(1_000))"
    outcome = run(sandbox, program, replace(SMALL, file_bytes=512), wanted=("model",))
    assert {one.size for one in outcome.left} == {512}, "no file may be larger than the limit"
    outcome = run(sandbox, program.replace("1_000", "100"), SMALL, wanted=("model",))
    assert len(outcome.left) == 64
    assert all(one.content is None for one in outcome.left if one.name != "model")


def test_what_it_may_do_works(sandbox: Sandbox, tmp_path: Path):
    (tmp_path / "rows").write_text("1 2 3")
    program = "import numpy\nopen('/out/sum', 'w').write(str(numpy.sum(numpy.loadtxt('/data/rows'))))"
    limits = replace(SMALL, memory_bytes=512 * MIB)
    outcome = run(sandbox, program, limits, (Mount(tmp_path, "/data"),), wanted=("sum",))
    assert outcome.exit_code == 0, outcome.last_words
    assert outcome.content("sum") == b"6.0"
