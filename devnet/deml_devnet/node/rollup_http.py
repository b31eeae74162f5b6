"""The Rollup HTTP API, as the guest tools' server speaks it inside the Cartesi Machine.

Vouchers and notices answer 201 with the output's number, reports and exceptions 202, ``/finish`` 200 with the next
request or 202 if there is none yet. Every dapp process has an address of its own (`RollupServer.open`): a process that
outlived its node finds that its address is gone, and can neither take nor answer a request meant for its successor.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Any, Final

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from deml_devnet.http_server import HttpServer
from deml_devnet.node import outputs
from deml_devnet.node.guest import Guest, NoCurrentRequest

MAX_BODY_BYTES: Final = 5 * 2**20
"""Largest body of a request; the guest tools' server has the same bound."""

HOLD_SECONDS: Final = 5.0
"""How long ``/finish`` waits for a request before it answers 202."""

_ACCEPT: Final = {"accept": True, "reject": False}

RequestBody = dict[str, Any]


class RollupServer:
    """Serves dapp processes over the Rollup HTTP API; what they are asked is up to the caller.

    A test that plays the node needs nothing else::

        with RollupServer() as server:
            url, guest = server.open()
            ...  # start a dapp with ROLLUP_HTTP_SERVER_URL=url
            result = guest.exchange(Advance(...), seconds=10)
    """

    def __init__(self) -> None:
        self._guests: dict[str, Guest] = {}
        answers: dict[str, Callable[[Guest, RequestBody], Response]] = {
            "voucher": _voucher,
            "delegate-call-voucher": _delegate_call_voucher,
            "notice": _notice,
            "report": _report,
            "exception": _exception,
            "gio": _gio,
        }
        routes = [
            Route(f"/{{token}}/{path}", self._endpoint(answer), methods=["POST"]) for path, answer in answers.items()
        ]
        routes.append(Route("/{token}/finish", self._endpoint(_finish, in_thread=True), methods=["POST"]))
        self._http = HttpServer(Starlette(routes=routes))

    def open(self) -> tuple[str, Guest]:
        """Make an address for one dapp process, and return it with the process's `Guest`."""
        token = secrets.token_hex(8)
        self._guests[token] = Guest()
        return f"{self._http.url}/{token}", self._guests[token]

    def close(self, guest: Guest, reason: str) -> None:
        """Take a process's address away."""
        guest.abandon(reason)
        self._guests = {token: other for token, other in self._guests.items() if other is not guest}

    def start(self) -> None:
        """Begin to serve."""
        self._http.start()

    def stop(self) -> None:
        """Stop serving; every process is given up."""
        for guest in list(self._guests.values()):
            self.close(guest, "the node stopped")
        self._http.stop()

    def __enter__(self) -> RollupServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _endpoint(
        self, answer: Callable[[Guest, RequestBody], Response], in_thread: bool = False
    ) -> Callable[[HttpRequest], Awaitable[Response]]:
        async def respond(request: HttpRequest) -> Response:
            raw = await _read(request)
            if raw is None:
                return PlainTextResponse("the body is too large", 413)
            guest = self._guests.get(request.path_params["token"])
            if guest is None:
                return PlainTextResponse("this dapp process has been given up", 410)
            try:
                body = json.loads(raw)
                if not isinstance(body, dict):
                    return PlainTextResponse("the body is not a JSON object", 400)
                if in_thread:
                    return await run_in_threadpool(answer, guest, body)
                return answer(guest, body)
            except NoCurrentRequest as error:
                return PlainTextResponse(str(error), 410 if guest.gone else 400)
            except KeyError as error:
                return PlainTextResponse(f"the field {error} is missing", 400)
            except (ValueError, TypeError) as error:
                return PlainTextResponse(str(error), 400)

        return respond


async def _read(request: HttpRequest) -> bytes | None:
    """Read the body; None if it is too large."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > MAX_BODY_BYTES:
            return None
        parts.append(part)
    return b"".join(parts)


def _finish(guest: Guest, body: RequestBody) -> Response:
    status = body["status"]
    if status not in _ACCEPT:
        raise ValueError("status must be 'accept' or 'reject'")
    request = guest.finish(_ACCEPT[status], HOLD_SECONDS)
    return Response(status_code=202) if request is None else JSONResponse(request.as_json())


def _voucher(guest: Guest, body: RequestBody) -> Response:
    value = int.from_bytes(_bytes(body.get("value", "0x"), "value", most=32))
    return _emitted(guest, outputs.voucher(_address(body["destination"]), value, _bytes(body["payload"], "payload")))


def _delegate_call_voucher(guest: Guest, body: RequestBody) -> Response:
    return _emitted(
        guest, outputs.delegate_call_voucher(_address(body["destination"]), _bytes(body["payload"], "payload"))
    )


def _notice(guest: Guest, body: RequestBody) -> Response:
    return _emitted(guest, outputs.notice(_bytes(body["payload"], "payload")))


def _report(guest: Guest, body: RequestBody) -> Response:
    guest.report(_bytes(body["payload"], "payload"))
    return Response(status_code=202)


def _exception(guest: Guest, body: RequestBody) -> Response:
    guest.throw(_bytes(body["payload"], "payload"))
    return Response(status_code=202)


def _gio(_guest: Guest, _body: RequestBody) -> Response:
    return PlainTextResponse("neither this node nor Cartesi's answers GIO requests", 501)


def _emitted(guest: Guest, output: bytes) -> Response:
    return JSONResponse({"index": guest.emit(output)}, 201)


def _address(value: object) -> bytes:
    raw = _bytes(value, "destination", most=20)
    if len(raw) != 20:
        raise ValueError("destination must have 20 bytes")
    return raw


def _bytes(value: object, field: str, most: int = MAX_BODY_BYTES) -> bytes:
    if not isinstance(value, str) or value[:2] not in ("0x", "0X"):
        raise ValueError(f"{field} must be hexadecimal with 0x")
    digits = value[2:]
    raw = bytes.fromhex("0" + digits if field == "value" and len(digits) % 2 else digits)
    if len(raw) > most:
        raise ValueError(f"{field} must have at most {most} bytes")
    return raw
