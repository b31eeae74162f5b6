"""``POST /inspect/<application>``: questions to the dapp, answered from its present state."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from deml_devnet.node.config import NodeConfig
from deml_devnet.node.errors import DappBusy, DappGone, DappTimedOut
from deml_devnet.node.guest import Result, Verdict
from deml_devnet.node.queries import Queries

_log = logging.getLogger("deml.node")

MAX_PAYLOAD_BYTES: Final = 2**21
"""Largest query: the Cartesi Machine's receive buffer."""

_STATUS: Final = {
    Verdict.ACCEPTED: "Accepted",
    Verdict.REJECTED: "Rejected",
    Verdict.BUG: "Rejected",
    Verdict.EXCEPTION: "Exception",
}


class Inspector:
    """Puts queries to the dapp; `ask` does, and raises while it cannot be asked."""

    def __init__(self, config: NodeConfig, queries: Queries, ask: Callable[[bytes], Result]) -> None:
        self._config = config
        self._queries = queries
        self._ask = ask

    async def respond(self, request: Request) -> Response:
        """Answer an HTTP request."""
        if request.path_params["application"].lower() not in (self._config.app, self._config.app_name):
            return PlainTextResponse("Application not found", 404)
        payload = await request.body()
        if len(payload) > MAX_PAYLOAD_BYTES:
            return PlainTextResponse("Payload too large", 413)
        try:
            result = await run_in_threadpool(self._ask, payload)
        except (DappGone, DappTimedOut, DappBusy) as error:
            _log.warning("inspect: %s", error)
            return PlainTextResponse("Machine not ready", 503)
        answer: dict[str, Any] = {
            "status": _STATUS[result.verdict],
            "reports": [{"payload": "0x" + report.hex()} for report in result.reports],
            "processed_input_count": self._queries.processed_inputs(),
        }
        if result.exception:
            answer["exception"] = result.exception.decode(errors="replace")
        return JSONResponse(answer)
