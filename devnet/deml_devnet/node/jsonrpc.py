"""JSON-RPC 2.0 over HTTP: single requests, batches, notifications, and errors with the node's codes."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

_log = logging.getLogger("deml.node")

RESOURCE_NOT_FOUND: Final = -32001
PARSE_ERROR: Final = -32700
INVALID_REQUEST: Final = -32600
METHOD_NOT_FOUND: Final = -32601
INVALID_PARAMS: Final = -32602

MAX_BODY_BYTES: Final = 2**20
"""Largest body; the node's own bound."""

MAX_BATCH: Final = 100
"""Most requests in one batch."""

Method = Callable[[Any], Any]
"""Takes the parameters as they came (an object, an array or None) and returns the result."""


class JsonRpcError(Exception):
    """A request that cannot be answered; the caller sees `code` and `message`."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class JsonRpcService:
    """An endpoint that answers with `methods`, by name."""

    def __init__(self, methods: Mapping[str, Method]) -> None:
        self._methods = methods

    async def respond(self, request: Request) -> Response:
        """Answer an HTTP request."""
        body = await request.body()
        if len(body) > MAX_BODY_BYTES:
            return PlainTextResponse("Failed to read request body", 400)
        answer = await run_in_threadpool(self.answer, body)
        return Response(status_code=204) if answer is None else JSONResponse(answer)

    def answer(self, body: bytes) -> Any:
        """Answer the body of a request; None where nothing is to be said."""
        try:
            document = json.loads(body)
        except (ValueError, RecursionError):
            return _failure(None, PARSE_ERROR, "Parse error")
        if not isinstance(document, list):
            return self._one(document)
        if not 0 < len(document) <= MAX_BATCH:
            return _failure(None, INVALID_REQUEST, f"A batch holds 1 to {MAX_BATCH} requests")
        return [answer for one in document if (answer := self._one(one)) is not None] or None

    def _one(self, request: Any) -> Any:
        if not isinstance(request, dict) or not isinstance(request.get("method"), str):
            return _failure(None, INVALID_REQUEST, "Invalid request")
        number = request.get("id")
        try:
            method = self._methods.get(request["method"])
            if method is None:
                raise JsonRpcError(METHOD_NOT_FOUND, "Method not found")
            result = method(request.get("params"))
        except JsonRpcError as error:
            return _failure(number, error.code, error.message) if "id" in request else None
        return {"jsonrpc": "2.0", "id": number, "result": result} if "id" in request else None


def _failure(number: Any, code: int, message: str) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": number, "error": {"code": code, "message": message}}
