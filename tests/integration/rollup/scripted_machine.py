"""What a dapp finds in the Cartesi Machine, without one: a libcmt that follows a script and records what it is told.

The library is ``fake_libcmt.c``, compiled here. In the machine a rejection takes the whole process back; this stand-in
does not, and goes on with the next request.
"""

from __future__ import annotations

import os
import socket
import struct
import subprocess
import tempfile
from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from errno import ENODATA
from functools import cache
from pathlib import Path
from threading import Thread
from typing import Any

from eth_abi.abi import encode

from deml_devnet.node.evm_advance import SELECTOR
from deml_devnet.node.guest import Advance, Inspect, Request

PEER = "DEML_FAKE_CMT_PEER"
"""Environment variable that names the socket to `fake_libcmt.c`."""

_KINDS = ("finish", "voucher", "delegate-call-voucher", "notice", "report", "exception")
_TYPES = ("uint256", "address", "address", "uint256", "uint256", "uint256", "uint256", "bytes")


@cache
def fake_libcmt() -> str:
    """Path of the compiled stand-in."""
    made = Path(tempfile.mkdtemp(prefix="deml-libcmt-")) / "libcmt.so"
    source = Path(__file__).with_name("fake_libcmt.c")
    headers = Path(__file__).parents[2] / "support"
    command = ["cc", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-O1", "-shared", "-fPIC", f"-I{headers}"]
    subprocess.run([*command, "-o", str(made), str(source)], check=True)
    return str(made)


@dataclass(frozen=True)
class Raw:
    """A request of any type with any content, as no machine would deliver it."""

    kind: int
    content: bytes


@dataclass
class ScriptedMachine:
    """Answers each finish with the next step of `script`, with ENODATA after the last; other calls as `faults` say."""

    script: Iterable[Request | Raw]
    faults: Mapping[str, int] = field(default_factory=dict)
    posts: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def __enter__(self) -> ScriptedMachine:
        self._steps = deque(self.script)
        self._mine, self.theirs = socket.socketpair()
        os.environ[PEER] = str(self.theirs.fileno())
        self._thread = Thread(target=self._serve)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        del os.environ[PEER]
        self.theirs.close()
        self._mine.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._mine.close()

    def _serve(self) -> None:
        with suppress(EOFError):
            while True:
                kind, length = struct.unpack("=II", self._receive(8))
                self._answer(_KINDS[kind], self._receive(length))

    def _answer(self, name: str, body: bytes) -> None:
        self.posts.append((name, _as_posted(name, body)))
        answer = struct.pack("=i", -self.faults.get(name, 0))
        if name == "finish" and name not in self.faults:
            if not self._steps:
                answer = struct.pack("=i", -ENODATA)
            else:
                kind, content = _as_received(self._steps.popleft())
                answer += struct.pack("=II", kind, len(content)) + content
        self._mine.sendall(answer)

    def _receive(self, length: int) -> bytes:
        parts = bytearray()
        while len(parts) < length:
            part = self._mine.recv(length - len(parts))
            if not part:
                raise EOFError
            parts += part
        return bytes(parts)


def _as_received(request: Request | Raw) -> tuple[int, bytes]:
    """Type and content of a request as the device holds it."""
    match request:
        case Advance():
            fields = (request.chain_id, request.app_contract, request.msg_sender, request.block_number)
            more = (request.block_timestamp, request.prev_randao, request.input_index, request.payload)
            return 0, SELECTOR + encode(_TYPES, (*fields, *more))
        case Inspect(payload):
            return 1, payload
        case Raw(kind, content):
            return kind, content


def _as_posted(name: str, body: bytes) -> dict[str, str]:
    """The call as the Rollup HTTP API would carry it, so that both are read alike."""
    match name:
        case "finish":
            return {"status": "accept" if body[0] else "reject"}
        case "voucher":
            parts = {"destination": body[:20], "value": body[20:52], "payload": body[52:]}
        case "delegate-call-voucher":
            parts = {"destination": body[:20], "payload": body[20:]}
        case _:
            parts = {"payload": body}
    return {key: "0x" + part.hex() for key, part in parts.items()}
