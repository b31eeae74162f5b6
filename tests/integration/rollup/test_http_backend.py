"""The HTTP backend against a server that misbehaves in every way that one can."""

from __future__ import annotations

import socket
from threading import Thread

import pytest

from deml.base.types import Address
from deml.shell.backend import Advance, Inspect
from deml.shell.errors import InputsOutOfOrder, MalformedRequest, OutputLost, ServerRefused, ServerUnreachable
from deml.shell.http import IDLE_WAIT, LONGEST_WAIT, MAX_FAILURES, HttpBackend
from deml.wire.outputs import DelegateCallEmission, NoticeEmission, ReportEmission, VoucherEmission
from tests.integration.rollup.scripted_server import (
    APP,
    IDLE,
    OVER,
    SENDER,
    HangUp,
    Reply,
    ScriptedServer,
    advance,
    inspect,
    refusing_port,
)


def no_wait(seconds: float) -> None:
    pass


def test_an_advance_arrives_with_its_metadata():
    with ScriptedServer([advance(0, b"\x01\x02", sender="0x" + "AB" * 20, timestamp=1234)]) as server:
        request = HttpBackend(server.url, no_wait).finish(True)
    assert isinstance(request, Advance)
    assert request.payload == b"\x01\x02"
    meta = request.meta
    assert (meta.chain_id, meta.app, meta.sender) == (31337, APP, "0x" + "ab" * 20)
    assert (meta.block_number, meta.timestamp, meta.index) == (7, 1234, 0)


def test_metadata_that_the_dapp_does_not_use_may_be_missing_or_new():
    with ScriptedServer([advance(0, prev_randao=None, epoch_index=3)]) as server:
        assert isinstance(HttpBackend(server.url, no_wait).finish(True), Advance)


def test_an_inspect_arrives_as_bytes():
    with ScriptedServer([inspect(b"jobs/1")]) as server:
        assert HttpBackend(server.url, no_wait).finish(True) == Inspect(b"jobs/1")


def test_outputs_are_posted_as_the_api_says():
    destination = Address("0x" + "d0" * 20)
    with ScriptedServer([]) as server:
        backend = HttpBackend(server.url, no_wait)
        backend.emit(NoticeEmission(b"\x01"))
        backend.emit(VoucherEmission(destination, 258, b"\x02"))
        backend.emit(DelegateCallEmission(destination, b""))
        backend.emit(ReportEmission(b"\x03"))
    assert server.posts == [
        ("notice", {"payload": "0x01"}),
        ("voucher", {"destination": destination, "value": "0x" + "00" * 30 + "0102", "payload": "0x02"}),
        ("delegate-call-voucher", {"destination": destination, "payload": "0x"}),
        ("report", {"payload": "0x03"}),
    ]
    assert len(server.connections) == 1


def test_a_storm_of_202_is_waited_out_at_a_steady_pace():
    waits: list[float] = []
    with ScriptedServer([*[IDLE] * 200, inspect(b"")]) as server:
        assert HttpBackend(server.url, waits.append).finish(True) == Inspect(b"")
    assert waits == [IDLE_WAIT] * 200
    assert len(server.connections) == 1


def test_a_server_that_is_not_up_yet_is_waited_for():
    server = ScriptedServer([advance(0)]).bound()
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            server.start()

    request = HttpBackend(server.url, wait).finish(True)
    server.stop()
    assert isinstance(request, Advance)
    assert len(waits) == 3
    assert waits == sorted(waits)


def test_a_server_that_never_comes_is_given_up_with_bounded_waits():
    waits: list[float] = []
    with refusing_port() as port, pytest.raises(ServerUnreachable) as caught:
        HttpBackend(f"http://127.0.0.1:{port}", waits.append).finish(True)
    assert caught.value.attempts == MAX_FAILURES
    assert len(waits) == MAX_FAILURES - 1
    assert max(waits) == LONGEST_WAIT


@pytest.mark.parametrize("fault", [HangUp(), Reply(500), Reply(503, b"starting")], ids=["hang-up", "500", "503"])
def test_a_finish_that_fails_is_repeated_with_the_same_verdict(fault: Reply | HangUp):
    with ScriptedServer([advance(0), fault, fault, advance(1)]) as server:
        backend = HttpBackend(server.url, no_wait)
        backend.finish(True)
        request = backend.finish(False)
    assert isinstance(request, Advance)
    assert request.meta.index == 1
    assert server.verdicts == ["reject"] * 3


def test_a_restarted_server_that_goes_on_is_followed():
    with ScriptedServer([advance(0)]) as first:
        backend = HttpBackend(first.url, no_wait)
        backend.finish(True)
        second = ScriptedServer([advance(1)], port=first.port).bound()
    with second:
        request = backend.finish(True)
    assert isinstance(request, Advance)
    assert second.posts == [("finish", {"status": "accept"})]


def test_a_server_dying_while_it_is_asked_is_followed_to_its_successor():
    first = ScriptedServer([advance(0), HangUp()])
    first.start()
    second = ScriptedServer([advance(1)], port=first.port).bound()
    waits: list[float] = []

    def restart(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 1:
            first.stop()
        if len(waits) == 4:
            second.start()

    backend = HttpBackend(first.url, restart)
    backend.finish(True)
    request = backend.finish(True)
    second.stop()
    assert isinstance(request, Advance)
    assert request.meta.index == 1
    assert len(waits) == 4


@pytest.mark.parametrize("index", [0, 4, 5])
def test_a_server_that_goes_back_ends_the_process(index: int):
    with ScriptedServer([advance(5), advance(index)]) as server:
        backend = HttpBackend(server.url, no_wait)
        backend.finish(True)
        with pytest.raises(InputsOutOfOrder) as caught:
            backend.finish(True)
    assert (caught.value.index, caught.value.expected) == (index, 6)


def test_a_gap_is_taken_for_inputs_the_machine_reverted():
    with ScriptedServer([advance(2), advance(7)]) as server:
        backend = HttpBackend(server.url, no_wait)
        backend.finish(True)
        assert isinstance(backend.finish(True), Advance)


def test_a_gap_after_an_interruption_ends_the_process():
    """The repeated verdict may have been taken for one on an input that never arrived."""
    with ScriptedServer([advance(2), HangUp(), inspect(b""), advance(4)]) as server:
        backend = HttpBackend(server.url, no_wait)
        backend.finish(True)
        backend.finish(True)
        with pytest.raises(InputsOutOfOrder) as caught:
            backend.finish(True)
    assert (caught.value.index, caught.value.expected) == (4, 3)


def test_an_output_is_never_posted_twice():
    with ScriptedServer([advance(0)], faults={"voucher": HangUp()}) as server:
        backend = HttpBackend(server.url, no_wait)
        backend.finish(True)
        with pytest.raises(OutputLost):
            backend.emit(VoucherEmission(Address(APP), 0, b""))
    assert len(server.sent("voucher")) == 1


@pytest.mark.parametrize("status", [400, 404, 500])
def test_a_refused_output_ends_the_process(status: int):
    refusing = ScriptedServer([], faults={"notice": Reply(status, b"too large")})
    with refusing as server, pytest.raises(ServerRefused) as caught:
        HttpBackend(server.url, no_wait).emit(NoticeEmission(b""))
    assert (caught.value.path, caught.value.status, caught.value.body) == ("notice", status, "too large")


def test_a_refused_finish_ends_the_process():
    with ScriptedServer([]) as server, pytest.raises(ServerRefused) as caught:
        HttpBackend(server.url, no_wait).finish(True)
    assert caught.value.status == OVER


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"null",
        b"[]",
        b"{",
        b"{}",
        b'{"request_type": "advance_state"}',
        b'{"request_type": "advance_state", "data": null}',
        b'{"request_type": "advance_state", "data": {"payload": "0x"}}',
        b'{"request_type": "advance_state", "data": {"payload": "0x", "metadata": 3}}',
        b'{"request_type": "advance_state", "data": {"payload": "0x", "metadata": {"chain_id": 1}}}',
        b'{"request_type": "inspect_state", "data": {"payload": "zz"}}',
        b'{"request_type": "inspect_state", "data": {"payload": "0xz"}}',
        b'{"request_type": "inspect_state", "data": {"payload": "0x0"}}',
        b'{"request_type": "inspect_state", "data": {"payload": 7}}',
        b'{"request_type": "gio", "data": {"payload": "0x"}}',
        advance(0, msg_sender="0x1234").body,
        advance(0, msg_sender=None).body,
        advance(0, input_index="0").body,
        advance(0, input_index=-1).body,
        advance(0, block_timestamp=1.5).body,
        advance(0, chain_id=True).body,
    ],
)
def test_garbage_is_refused_and_the_next_request_served(body: bytes):
    with ScriptedServer([Reply(200, body), inspect(b"jobs")]) as server:
        backend = HttpBackend(server.url, no_wait)
        with pytest.raises(MalformedRequest):
            backend.finish(True)
        assert backend.finish(False) == Inspect(b"jobs")


def test_environment_proxies_are_ignored(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("NO_PROXY", "")
    with refusing_port() as port, ScriptedServer([inspect(b"")]) as server:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{port}")
        assert HttpBackend(server.url, no_wait).finish(True) == Inspect(b"")


def test_a_held_call_is_waited_for():
    """Real servers hold ``/finish`` until there is something to do."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        backend = HttpBackend(f"http://127.0.0.1:{listener.getsockname()[1]}", no_wait)
        got: list[object] = []
        thread = Thread(target=lambda: got.append(backend.finish(True)))
        thread.start()
        connection, _ = listener.accept()
        with connection:
            thread.join(0.3)
            assert thread.is_alive()
            reply = inspect(b"stats").body
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(reply) + reply)
            thread.join(5)
    assert got == [Inspect(b"stats")]


def test_the_sender_is_never_confused_with_the_application():
    with ScriptedServer([advance(0)]) as server:
        request = HttpBackend(server.url, no_wait).finish(True)
    assert isinstance(request, Advance)
    assert (request.meta.sender, request.meta.app) == (SENDER, APP)
