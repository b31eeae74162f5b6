"""The libcmt backend where its library refuses, and which backend is chosen."""

from __future__ import annotations

import os
import subprocess
import sys
from errno import EIO, ENOBUFS
from pathlib import Path

import pytest

from deml.base.types import Address
from deml.shell.backend import Advance, Inspect
from deml.shell.connect import DEFAULT_URL, connect
from deml.shell.errors import LibcmtFailed, LibcmtUnusable, MalformedRequest
from deml.shell.http import HttpBackend
from deml.shell.libcmt import LibcmtBackend, load
from deml.wire.outputs import DelegateCallEmission, Emission, NoticeEmission, ReportEmission, VoucherEmission
from deml_devnet.node import guest
from tests.integration.rollup.scripted_machine import PEER, Raw, ScriptedMachine, fake_libcmt

ADDRESS = Address("0x" + "ab" * 20)
EMISSIONS: list[tuple[str, Emission]] = [
    ("notice", NoticeEmission(b"n")),
    ("voucher", VoucherEmission(ADDRESS, 1, b"v")),
    ("delegate-call-voucher", DelegateCallEmission(ADDRESS, b"d")),
    ("report", ReportEmission(b"r")),
]


def backend() -> LibcmtBackend:
    return LibcmtBackend(load(fake_libcmt()))


def no_wait(seconds: float) -> None:
    pass


@pytest.mark.parametrize(("name", "emission"), EMISSIONS, ids=[name for name, _ in EMISSIONS])
def test_an_output_that_the_library_refuses_is_a_named_error(name: str, emission: Emission):
    with ScriptedMachine([guest.Inspect(b"")], faults={name: ENOBUFS}):
        opened = backend()
        opened.finish(True)
        with pytest.raises(LibcmtFailed) as caught:
            opened.emit(emission)
    assert caught.value.function == f"cmt_rollup_emit_{name.replace('-', '_')}"
    assert caught.value.name == "ENOBUFS"
    assert "too large" in caught.value.advice()


@pytest.mark.parametrize(("accept", "error"), [(True, EIO), (False, EIO), (True, 9_999)])
def test_a_finish_that_fails_ends_the_process(accept: bool, error: int):
    with ScriptedMachine([], faults={"finish": error}), pytest.raises(LibcmtFailed) as caught:
        backend().finish(accept)
    assert caught.value.function == "cmt_rollup_finish"
    assert caught.value.name == {EIO: "EIO"}.get(error, str(error))


def test_a_device_that_another_process_holds_is_a_named_error(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv(PEER, raising=False)
    with pytest.raises(LibcmtFailed) as caught:
        backend()
    assert (caught.value.function, caught.value.name) == ("cmt_rollup_init", "EBUSY")
    assert "rollup-init" in caught.value.advice()


@pytest.mark.parametrize(
    "unreadable", [Raw(0, b""), Raw(0, b"\x41\x5b\xf3\x63" + bytes(256)), Raw(7, b""), Raw(-1 % 2**32, b"")]
)
def test_a_request_that_cannot_be_read_leaves_the_next_one_readable(unreadable: Raw):
    with ScriptedMachine([unreadable, guest.Inspect(b"next")]):
        opened = backend()
        with pytest.raises(MalformedRequest):
            opened.finish(True)
        assert opened.finish(False) == Inspect(b"next")


def test_a_payload_outlives_the_memory_that_it_came_in():
    inputs = [guest.Advance(1, ADDRESS, ADDRESS, 2, 3, 2**256 - 1, index, bytes([index]) * 9) for index in range(3)]
    with ScriptedMachine(inputs):
        opened = backend()
        requests = [opened.finish(True) for _ in inputs]
    assert [one.payload for one in requests] == [bytes([index]) * 9 for index in range(3)]
    assert [one.meta.index for one in requests if isinstance(one, Advance)] == [0, 1, 2]


def test_a_library_without_the_calls_is_refused():
    with pytest.raises(LibcmtUnusable, match="cmt_rollup_init"):
        load("libc.so.6")


def test_a_library_that_is_not_there_is_refused():
    with pytest.raises(LibcmtUnusable):
        load("/nowhere/libcmt.so")


def test_device_and_library_together_make_libcmt_the_choice(tmp_path: Path):
    device = tmp_path / "cmio"
    with ScriptedMachine([]):
        chosen, name = connect({}, no_wait, device=device, library=fake_libcmt())
        assert (type(chosen), name) == (HttpBackend, DEFAULT_URL)
        device.touch()
        chosen, name = connect({}, no_wait, device=device, library=fake_libcmt())
        assert (type(chosen), name) == (LibcmtBackend, f"libcmt ({fake_libcmt()})")


def test_a_device_without_a_library_means_http(tmp_path: Path):
    (tmp_path / "cmio").touch()
    chosen, name = connect({}, no_wait, device=tmp_path / "cmio", library="/nowhere/libcmt.so")
    assert (type(chosen), name) == (HttpBackend, DEFAULT_URL)


def test_a_named_server_goes_before_the_device(tmp_path: Path):
    (tmp_path / "cmio").touch()
    url = "http://127.0.0.1:1"
    chosen, name = connect({"ROLLUP_HTTP_SERVER_URL": url}, no_wait, device=tmp_path / "cmio", library=fake_libcmt())
    assert (type(chosen), name) == (HttpBackend, url)


def test_a_named_library_goes_before_everything_and_must_be_one():
    environment = {"DEML_LIBCMT": fake_libcmt(), "ROLLUP_HTTP_SERVER_URL": "http://127.0.0.1:1"}
    with ScriptedMachine([]):
        assert isinstance(connect(environment, no_wait)[0], LibcmtBackend)
    with pytest.raises(LibcmtUnusable):
        connect({"DEML_LIBCMT": "/nowhere/libcmt.so"}, no_wait)


def test_the_process_serves_through_the_library_and_ends_with_its_error():
    script = [guest.Inspect(b"stats"), guest.Inspect(b"nonsense")]
    with ScriptedMachine(script) as machine:
        ended = subprocess.run(
            [sys.executable, "-m", "deml"],
            env={**os.environ, "DEML_LIBCMT": fake_libcmt()},
            pass_fds=[machine.theirs.fileno()],
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert ended.returncode == 1
    assert [name for name, _ in machine.posts] == ["finish", "report", "finish", "report", "finish"]
    assert [body["status"] for name, body in machine.posts if name == "finish"] == ["accept", "accept", "reject"]
    assert "LIBCMT_FAILED: cmt_rollup_finish answered ENODATA" in ended.stderr
