"""``python -m deml_devnet.node CONFIG SOCKET``: run a node, on a socket taken over, until it is told to stop."""

from __future__ import annotations

import logging
import signal
import socket
import sys
from pathlib import Path
from threading import Event

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from deml.base.errors import DemlError
from deml_devnet.chain.deployment import write_json
from deml_devnet.http_server import HttpServer, inherited
from deml_devnet.node.config import NodeConfig, load_config
from deml_devnet.node.inspect import Inspector
from deml_devnet.node.jsonrpc import JsonRpcService
from deml_devnet.node.methods import Methods
from deml_devnet.node.node import Node
from deml_devnet.node.queries import Queries
from deml_devnet.node.rollup_http import RollupServer

_log = logging.getLogger("deml.node")


def application(config: NodeConfig, node: Node) -> Starlette:
    """What the node serves to the world: ``/rpc``, ``/inspect/<application>`` and ``/health``."""
    queries = Queries(config.database)
    rpc = JsonRpcService(Methods(config, queries).table())
    inspector = Inspector(config, queries, node.machine.inspect)

    async def health(_request: Request) -> Response:
        return JSONResponse({"ready": node.ready}, 200 if node.ready else 503)

    routes = [
        Route("/rpc", rpc.respond, methods=["POST"]),
        Route("/inspect/{application}", inspector.respond, methods=["POST"]),
        Route("/health", health),
    ]
    anyone = Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"])
    return Starlette(routes=routes, middleware=[anyone])


def run(config: NodeConfig, listener: socket.socket, stop: Event) -> int:
    """Run a node that answers at `listener` until `stop` is set; return the exit code."""
    config.error_file.unlink(missing_ok=True)
    try:
        with RollupServer() as server:
            node = Node(config, server)
            with HttpServer(application(config, node), listener) as http:
                _log.info("serving %s/rpc and %s/inspect/%s", http.url, http.url, config.app)
                node.run(stop)
    except DemlError as error:
        _log.error("%s: %s %s", error.code(), error, error.advice())
        write_json(config.error_file, {**error.as_report(), "fix": error.advice()})
        return 1
    return 0


def main(arguments: list[str]) -> int:
    """Run the node that a file describes, until a signal; return the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return run(load_config(Path(arguments[0])), inherited(arguments[1]), stop)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
