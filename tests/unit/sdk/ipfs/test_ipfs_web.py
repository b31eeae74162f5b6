"""Connections to a source: kept, given up, cut by who is not needed any more, and never shared by two at once."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from threading import Event, Thread

import pytest

from deml_sdk.errors import ServiceUnreachable
from deml_sdk.ipfs.errors import CutOff, EndlessAnswer, Stalled
from deml_sdk.ipfs.timeouts import Timeouts
from deml_sdk.ipfs.web import KEPT_ORIGINS, Web
from tests.support.ipfs_peers import HASTY, LOOPBACK

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"

Serve = Callable[[socket.socket, int], None]


class Server:
    """Serves each connection in a thread of its own; `serve` is told its number."""

    def __init__(self, serve: Serve) -> None:
        self._serve, self.connections = serve, 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            Thread(target=self._handle, args=(connection, self.connections), daemon=True).start()

    def _handle(self, connection: socket.socket, number: int) -> None:
        with connection:
            connection.settimeout(10)
            try:
                self._serve(connection, number)
            except OSError:
                return

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@contextmanager
def serving(serve: Serve) -> Iterator[Server]:
    server = Server(serve)
    try:
        yield server
    finally:
        server.close()


def politely(connection: socket.socket, _number: int) -> None:
    while connection.recv(65_536):
        connection.sendall(OK)


@pytest.fixture
def web() -> Iterator[Web]:
    with closing(Web("the peer", LOOPBACK, HASTY)) as made:
        yield made


def ask(web: Web, url: str, verb: str = "GET", body: bytes | None = None, cancel: Event | None = None) -> bytes:
    with web.request(verb, url, body=body, cancel=cancel) as answer:
        return answer.read(1_000)


def test_a_connection_serves_again_for_what_may_be_asked_twice(web: Web):
    with serving(politely) as server:
        assert [ask(web, server.url) for _ in range(5)] == [b"ok"] * 5
        assert server.connections == 1
        assert [ask(web, server.url, "POST", b"add") for _ in range(3)] == [b"ok"] * 3
        assert server.connections == 4
        assert ask(web, server.url) == b"ok"
        assert server.connections == 4


def test_a_connection_that_the_peer_has_given_up_is_made_anew(web: Web):
    def once(connection: socket.socket, _number: int) -> None:
        connection.recv(65_536)
        connection.sendall(OK)
        connection.recv(65_536)  # The second request is read, and not answered.

    with serving(once) as server:
        assert [ask(web, server.url) for _ in range(3)] == [b"ok"] * 3


def test_a_new_connection_that_is_closed_is_not_asked_again(web: Web):
    def never(connection: socket.socket, _number: int) -> None:
        connection.recv(65_536)

    with serving(never) as server, pytest.raises(ServiceUnreachable):
        ask(web, server.url)
    assert server.connections == 1


def test_an_answer_that_is_left_unread_does_not_spill_into_the_next(web: Web):
    size = 500_000

    def large(connection: socket.socket, number: int) -> None:
        while connection.recv(65_536):
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % size + bytes([number]) * size)

    with serving(large) as server:
        with pytest.raises(EndlessAnswer), web.request("GET", server.url) as answer:
            answer.read(10)
        with web.request("GET", server.url) as answer:
            assert set(next(answer.pieces(size))) == {2}
        with web.request("GET", server.url) as answer:
            assert answer.read(size) == bytes([3]) * size


def test_cancelling_wakes_who_waits_and_nobody_else(web: Web):
    waiting = Event()

    def silent(connection: socket.socket, number: int) -> None:
        if number == 1:
            connection.recv(65_536)
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc")
            waiting.set()
            connection.recv(65_536)
        else:
            politely(connection, number)

    patient = Web("the peer", LOOPBACK, Timeouts(silence=60, grace=60))
    cancel, ended = Event(), []

    def first() -> None:
        try:
            ask(patient, server.url, cancel=cancel)
        except (CutOff, ServiceUnreachable) as error:  # by how far it had come when it was cancelled
            ended.append(error)

    with serving(silent) as server, closing(patient):
        thread = Thread(target=first)
        thread.start()
        assert waiting.wait(10)
        cancel.set()
        thread.join(10)
        assert not thread.is_alive()
        assert len(ended) == 1
        assert ask(patient, server.url) == b"ok"
        with pytest.raises(ServiceUnreachable):
            ask(patient, server.url + "/late", cancel=cancel)


def test_cancelling_what_is_over_leaves_the_kept_connection_alone(web: Web):
    with serving(politely) as server:
        cancel = Event()
        with web.request("GET", server.url, cancel=cancel) as answer:
            assert b"".join(answer.pieces(10)) == b"ok"
            cancel.set()  # The body is here; the connection is the next one's already.
        assert ask(web, server.url) == b"ok"
        assert server.connections == 1


def test_a_peer_that_takes_a_body_too_slowly_is_left():
    stop = Event()

    def lazy(_connection: socket.socket, _number: int) -> None:
        stop.wait(60)

    hurried = Web("the peer", LOOPBACK, Timeouts(silence=0.4, grace=0.4, slowest=100_000_000))
    with serving(lazy) as server, closing(hurried):
        with pytest.raises(Stalled):
            ask(hurried, server.url, "POST", bytes(20_000_000))
        stop.set()


def test_connections_are_kept_to_a_few_places(web: Web, monkeypatch: pytest.MonkeyPatch):
    here = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: here)
    with serving(politely) as server:
        port = server.url.rpartition(":")[2]
        for _ in range(2):
            for number in range(KEPT_ORIGINS + 1):
                assert ask(web, f"http://place{number}.example:{port}") == b"ok"
        assert server.connections == 2 * (KEPT_ORIGINS + 1)
        assert ask(web, f"http://place{KEPT_ORIGINS}.example:{port}") == b"ok"
        assert server.connections == 2 * (KEPT_ORIGINS + 1)
