"""A tiny dapp that does what its inputs say, and whose outputs depend on all inputs before.

An accepted input is chained into a digest, which goes into a notice. Payloads are a word, a space and an argument:
``notice``, ``voucher ADDRESS VALUE``, ``reject``, ``throw``, ``crash``, ``crash-once FILE``, ``sleep SECONDS`` and
``random``.
"""

from __future__ import annotations

import http.client
import json
import os
import time
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


class Server:
    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.path = parts.path
        self.connection = http.client.HTTPConnection(parts.netloc)

    def post(self, what: str, body: dict[str, str]) -> tuple[int, Any]:
        headers = {"content-type": "application/json"}
        self.connection.request("POST", f"{self.path}/{what}", json.dumps(body), headers)
        response = self.connection.getresponse()
        content = response.read()
        if response.status >= 400:
            raise SystemExit(f"{what}: {response.status} {content.decode()}")
        return response.status, json.loads(content) if content else None


def chained(digest: bytes, payload: bytes) -> bytes:
    """Digest after another accepted input."""
    return sha256(digest + payload).digest()


def advance(server: Server, payload: bytes, digest: bytes) -> bytes | None:
    """Handle an input; return the new digest, or None to reject."""
    word, _, argument = payload.decode().partition(" ")
    if word == "reject":
        server.post("notice", {"payload": "0x00"})
        server.post("report", {"payload": "0x" + b"no".hex()})
        return None
    if word == "throw":
        server.post("report", {"payload": "0x" + b"alas".hex()})
        server.post("exception", {"payload": "0x" + b"a bug".hex()})
        time.sleep(60)
    if word == "crash" or (word == "crash-once" and not Path(argument).exists()):
        if argument:
            Path(argument).touch()
        os._exit(3)
    if word == "hold" and not Path(argument).exists():
        Path(argument).touch()
        time.sleep(60)
    if word == "sleep":
        time.sleep(float(argument))
    if word == "voucher":
        destination, value = argument.split()
        server.post("voucher", {"destination": destination, "value": f"0x{int(value):064x}", "payload": "0x"})
    digest = chained(digest, payload)
    server.post("notice", {"payload": "0x" + (os.urandom(32) if word == "random" else digest).hex()})
    server.post("report", {"payload": "0x" + payload.hex()})
    return digest


def main() -> None:
    server = Server(os.environ["ROLLUP_HTTP_SERVER_URL"])
    digest, status = bytes(32), "accept"
    while True:
        code, request = server.post("finish", {"status": status})
        if code == 202:
            continue
        payload = bytes.fromhex(request["data"]["payload"][2:])
        status = "accept"
        if request["request_type"] == "inspect_state":
            if payload == b"crash":
                os._exit(4)
            if payload.startswith(b"sleep "):
                time.sleep(float(payload[6:]))
            server.post("report", {"payload": "0x" + digest.hex()})
            status = "reject" if payload == b"reject" else "accept"
        elif (after := advance(server, payload, digest)) is None:
            status = "reject"
        else:
            digest = after


if __name__ == "__main__":
    main()
