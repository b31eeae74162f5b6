"""A stand-in for a pinning service, on loopback: version 1.0.0 of the Pinning Service API and nothing else.

Written from the specification's text (https://ipfs.github.io/pinning-services-api-spec/), apart from the client: bearer
tokens, 202 for a new pin, only pinned ones listed unless told, ten at a time unless told, the newest first, paged by
the time of creation, and errors as ``{"error": {"reason", "details"}}``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.loopback import serving_on_loopback

STATES = ("queued", "pinning", "pinned", "failed")


@dataclass
class Service:
    """Pins by request id; `course` is what becomes of each new one, look by look; `answers` come before all else."""

    url: str = ""
    token: str = "secret-token"
    course: tuple[str, ...] = ("queued", "pinning", "pinned")
    most: int = 1_000
    delegates: tuple[str, ...] = ("/dnsaddr/pins.example.org",)
    pins: dict[str, dict[str, Any]] = field(default_factory=dict)
    courses: dict[str, list[str]] = field(default_factory=dict)
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)

    def insert(self, cid: str, state: str = "pinned", name: str = "") -> str:
        number = len(self.courses)
        requestid = f"id/{number}"
        self.pins[requestid] = {
            "requestid": requestid,
            "status": state,
            "created": f"2026-01-01T{number // 3600:02}:{number // 60 % 60:02}:{number % 60:02}Z",
            "pin": {"cid": cid, "name": name},
            "delegates": list(self.delegates),
            "info": {"status_details": "no space left"} if state == "failed" else {},
        }
        self.courses[requestid] = []
        return requestid

    def respond(self, verb: str, target: str, authorization: str, body: bytes) -> tuple[int, Any]:
        parts = urlsplit(target)
        self.asked.append((verb, target))
        if self.answers:
            return self.answers.pop(0)
        if authorization != f"Bearer {self.token}":
            return _error(401, "UNAUTHORIZED", "Access token is missing or invalid")
        if parts.path == "/pins":
            return self._create(body) if verb == "POST" else self._list(parse_qs(parts.query))
        requestid = parts.path.removeprefix("/pins/").replace("%2F", "/")
        if requestid not in self.pins:
            return _error(404, "NOT_FOUND", "The specified resource was not found")
        if verb == "DELETE":
            del self.pins[requestid]
            return 202, None
        if self.courses[requestid]:
            self.pins[requestid]["status"] = self.courses[requestid].pop(0)
        return 200, self.pins[requestid]

    def _create(self, body: bytes) -> tuple[int, Any]:
        wanted = json.loads(body)
        if "cid" not in wanted or len(wanted.get("name", "")) > 255 or len(wanted.get("origins", [])) > 20:
            return _error(400, "BAD_REQUEST", "the pin object breaks its schema")
        first, *rest = self.course
        requestid = self.insert(wanted["cid"], first, wanted.get("name", ""))
        self.pins[requestid]["pin"] = wanted
        self.courses[requestid] = rest
        return 202, self.pins[requestid]

    def _list(self, query: dict[str, list[str]]) -> tuple[int, Any]:
        limit = int(query.get("limit", ["10"])[0])
        states = query.get("status", ["pinned"])[0].split(",")
        if not 1 <= limit <= 1_000 or any(one not in STATES for one in states):
            return _error(400, "BAD_REQUEST", "limit or status")
        before = query.get("before", ["9999"])[0]
        cids = query.get("cid", [""])[0].split(",")
        found = [
            one
            for one in reversed(self.pins.values())
            if one["status"] in states and one["created"] < before and (cids == [""] or one["pin"]["cid"] in cids)
        ]
        return 200, {"count": len(found), "results": found[: min(limit, self.most)]}


def _error(status: int, reason: str, details: str) -> tuple[int, Any]:
    return status, {"error": {"reason": reason, "details": details}}


@contextmanager
def serving_pins() -> Iterator[Service]:
    """Serve until the block ends."""
    service = Service()

    def answer(request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, bytes]:
        authorization = request.headers.get("Authorization", "")
        status, found = service.respond(request.command, request.path, authorization, body)
        return status, found if isinstance(found, bytes) else b"" if found is None else json.dumps(found).encode()

    with serving_on_loopback(answer) as service.url:
        yield service
