"""One loopback HTTP server that plays chain, node, dapp and IPFS: answers are whatever a test puts into its tables."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.support.loopback import serving_on_loopback

Method = Callable[[Any], Any]


class RpcFailure(Exception):
    """Have the server answer with a JSON-RPC error."""

    def __init__(self, code: int, message: str, data: object = None) -> None:
        super().__init__(message)
        self.body = {"code": code, "message": message, "data": data}


@dataclass
class Services:
    """What the server answers: `methods` of JSON-RPC by name, `pages` by verb and path (without query)."""

    url: str = ""
    methods: dict[str, Method] = field(default_factory=dict)
    pages: dict[tuple[str, str], Callable[[bytes], tuple[int, bytes]]] = field(default_factory=dict)
    requests: list[tuple[str, str, bytes]] = field(default_factory=list)
    dead: set[str] = field(default_factory=set)
    """Services that hang up: any of "chain", "node" and "ipfs". One that dies while it works does not answer."""

    def calls(self, method: str) -> list[Any]:
        """Parameters of every call of a JSON-RPC method so far."""
        bodies = [
            json.loads(body) for verb, _, body in self.requests if verb == "POST" and body.startswith(b'{"jsonrpc"')
        ]
        return [body["params"] for body in bodies if body["method"] == method]

    def answer(self, verb: str, path: str, body: bytes) -> tuple[int, bytes]:
        self.requests.append((verb, path, body))
        page = self.pages.get((verb, path.partition("?")[0]))
        if page is not None:
            return page(body)
        if not body.startswith(b'{"jsonrpc"'):
            return 404, b"not here"
        call = json.loads(body)
        reply: dict[str, Any] = {"jsonrpc": "2.0", "id": call["id"]}
        try:
            reply["result"] = self.methods[call["method"]](call["params"])
        except RpcFailure as failure:
            reply["error"] = failure.body
        except KeyError:
            reply["error"] = {"code": -32601, "message": "method not found"}
        return 200, json.dumps(reply).encode()


def _asked(path: str, body: bytes) -> str:
    """Which service a request is for."""
    if path.startswith("/inspect") or b'"cartesi_' in body:
        return "node"
    return "chain" if b'"jsonrpc"' in body else "ipfs"


@contextmanager
def serving() -> Iterator[Services]:
    """Serve on a free port until the block ends."""
    services = Services()

    def answer(request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, bytes] | None:
        asked = _asked(request.path, body)
        found = None if asked in services.dead else services.answer(request.command, request.path, body)
        return None if asked in services.dead else found

    with serving_on_loopback(answer) as services.url:
        yield services
