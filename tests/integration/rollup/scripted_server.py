"""A rollup server that follows a script, faults included, and records what it is sent."""

from __future__ import annotations

import json
import socket
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

APP = "0x" + "a9" * 20
SENDER = "0x" + "5e" * 20

OVER = 418
"""Status of a finish after the script's end; it stops the dapp's loop, and nothing else answers it."""


@dataclass(frozen=True)
class Reply:
    """An answer with this status and body."""

    status: int
    body: bytes = b""


class HangUp:
    """Close the connection instead of answering."""


def advance(index: int, payload: bytes = b"", sender: str = SENDER, timestamp: int = 1_000, **changes: Any) -> Reply:
    """An input as the guest tools' server hands it out; `changes` replace or, where None, remove metadata."""
    metadata = {
        "chain_id": 31337,
        "app_contract": APP,
        "msg_sender": sender,
        "block_number": 7,
        "block_timestamp": timestamp,
        "prev_randao": "0x" + "00" * 32,
        "input_index": index,
        **changes,
    }
    metadata = {name: value for name, value in metadata.items() if value is not None}
    data = {"metadata": metadata, "payload": "0x" + payload.hex()}
    return Reply(200, json.dumps({"request_type": "advance_state", "data": data}).encode())


def inspect(payload: bytes) -> Reply:
    """A query as the guest tools' server hands it out."""
    return Reply(200, json.dumps({"request_type": "inspect_state", "data": {"payload": "0x" + payload.hex()}}).encode())


IDLE = Reply(202)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_port = True
    """A server's successor holds its port before it dies."""


@dataclass
class ScriptedServer:
    """Answers each ``/finish`` with the next step of `script`, and everything else as the guest tools' server does."""

    script: Iterable[Reply | HangUp]
    faults: dict[str, Reply | HangUp] = field(default_factory=dict)
    port: int = 0
    posts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    connections: list[socket.socket] = field(default_factory=list)

    def __enter__(self) -> ScriptedServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def bound(self) -> ScriptedServer:
        """Hold the port, `port` where one is given, and refuse connections until it starts."""
        steps = deque(self.script)
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def setup(self) -> None:
                super().setup()
                server.connections.append(self.connection)

            def do_POST(self) -> None:
                path = self.path.removeprefix("/")
                body = self.rfile.read(int(self.headers["content-length"]))
                server.posts.append((path, json.loads(body)))
                if path == "finish":
                    step = steps.popleft() if steps else Reply(OVER)
                else:
                    usual = Reply(201, b"{}") if path.endswith(("notice", "voucher")) else Reply(202)
                    step = server.faults.get(path, usual)
                if isinstance(step, HangUp):
                    self.close_connection = True
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self.send_response(step.status)
                self.send_header("content-length", str(len(step.body)))
                self.end_headers()
                self.wfile.write(step.body)

            def log_message(self, format: str, *args: object) -> None:
                """Keep test output to what failed."""

        self._http = _Server(("127.0.0.1", self.port), Handler, bind_and_activate=False)
        self._http.server_bind()
        self.port = self._http.server_port
        return self

    def start(self) -> None:
        """Listen."""
        if "_http" not in self.__dict__:
            self.bound()
        self._http.server_activate()
        self._thread = Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def stop(self) -> None:
        """Die as a killed process does: nothing listens, and every connection is cut."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def verdicts(self) -> list[str]:
        """Statuses of the finishes, without the first, which judges nothing."""
        return [body["status"] for path, body in self.posts if path == "finish"][1:]

    def sent(self, path: str) -> list[dict[str, Any]]:
        """Bodies posted to `path`."""
        return [body for posted, body in self.posts if posted == path]


def reports(server: ScriptedServer) -> list[dict[str, Any]]:
    """Reports, read as JSON."""
    return [json.loads(bytes.fromhex(body["payload"][2:])) for body in server.sent("report")]


@contextmanager
def refusing_port() -> Iterator[int]:
    """A port where nobody listens, nor can until the block ends."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield int(held.getsockname()[1])
