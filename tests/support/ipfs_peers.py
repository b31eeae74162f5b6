"""Peers for the IPFS client, on loopback: the devnet's block store as a gateway and as a Kubo node, and a raw server.

The devnet's block store is the named stand-in for Kubo's RPC, which the PyPI builds of Kubo lack; both are held to its
documentation (https://docs.ipfs.tech/reference/kubo/rpc/). `Script` answers with exactly the bytes, and the
pauses, that a hostile peer chooses.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread
from threading import enumerate as enumerate_threads

from deml.ipld import Cid
from deml_devnet.blocks import store as devnet_store
from deml_devnet.blocks.__main__ import application
from deml_devnet.http_server import HttpServer
from deml_sdk.ipfs.content import ContentStore
from deml_sdk.ipfs.egress import EgressPolicy
from deml_sdk.ipfs.interface import BlockSource, BlockStore
from deml_sdk.ipfs.local import LocalStore
from deml_sdk.ipfs.timeouts import Timeouts
from deml_sdk.market.unpublished import Guard

LOOPBACK = EgressPolicy.parse("127.0.0.0/8, ::1")
"""What a devnet's profile allows, too."""

HASTY = Timeouts(connect=1.0, silence=0.4, grace=0.8, slowest=1_000_000)
"""So that tests of stalling peers take no time."""


@dataclass
class Peer:
    """A block store and where it is served."""

    url: str
    blocks: devnet_store.BlockFolder

    @property
    def rpc(self) -> str:
        return f"{self.url}/api/v0"

    def give(self, blocks: Iterator[tuple[Cid, bytes]] | list[tuple[Cid, bytes]]) -> None:
        for cid, block in blocks:
            self.blocks.put(cid, block)


@contextmanager
def serving_peer(folder: Path) -> Iterator[Peer]:
    """Serve a block store until the block ends."""
    blocks = devnet_store.BlockFolder(folder)
    with HttpServer(application(blocks)) as server:
        yield Peer(server.url, blocks)
        _settle(server.url)


def _settle(url: str) -> None:
    """Let those who lost a race leave, and make a last exchange, after which the server has noticed that they left."""
    for thread in enumerate_threads():
        if thread.name.startswith("race for "):
            thread.join(10)
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(f"GET / HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n".encode())
        while connection.recv(4096):
            pass


def content_store(home: Path, *sources: BlockSource, public: BlockStore | None = None) -> ContentStore:
    """The CLI's view of some sources."""
    return ContentStore(LocalStore(home / "blocks"), sources, public, Guard(home))


Send = Callable[[bytes], None]
Part = Callable[["Script", str, Send], None]
"""Answers one request: is given its path and how to send."""


@dataclass
class Script:
    """A server that plays a part; `over` tells the part that the test has ended."""

    part: Part
    url: str = ""
    requests: list[str] = field(default_factory=list)
    over: Event = field(default_factory=Event)

    def pause(self, seconds: float = 30.0) -> None:
        self.over.wait(seconds)

    def serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                piece = connection.recv(65536)
                if not piece:
                    return
                head += piece
            path = head.split(b" ", 2)[1].decode()
            self.requests.append(path)
            self.part(self, path, connection.sendall)


@contextmanager
def playing(part: Part) -> Iterator[Script]:
    """Serve a part on a free port; every answer ends its connection."""
    script = Script(part)
    listener = socket.create_server(("127.0.0.1", 0))
    threads: list[Thread] = []

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            thread = Thread(target=script.serve, args=(connection,), daemon=True)
            thread.start()
            threads.append(thread)

    acceptor = Thread(target=accept, daemon=True)
    acceptor.start()
    script.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        yield script
    finally:
        script.over.set()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        acceptor.join()
        for thread in threads:
            thread.join()


def answer(status: str = "200 OK", body: bytes = b"", **headers: str) -> bytes:
    """A whole response."""
    fields = {"content-length": str(len(body)), "connection": "close"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """A generous bound against hanging for ever, not a measurement."""
    started = time.monotonic()
    yield
    assert time.monotonic() - started < seconds
