"""``python -m deml_devnet.blocks FOLDER SOCKET``: serve a block store, on a socket taken over, until told to stop."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from threading import Event

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import Route

from deml.base.errors import DemlError
from deml_devnet.blocks.gateway import GatewayService
from deml_devnet.blocks.kubo import KuboService
from deml_devnet.blocks.store import BlockFolder
from deml_devnet.http_server import HttpServer, inherited


def application(store: BlockFolder) -> Starlette:
    """A store's gateway and RPC."""
    routes = [Route("/ipfs/{cid}", GatewayService(store).respond), *KuboService(store).routes()]
    readers = Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["GET", "HEAD"])
    return Starlette(routes=routes, middleware=[readers])


def main(arguments: list[str]) -> int:
    """Serve; return the exit code."""
    folder, listener = arguments
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        with HttpServer(application(BlockFolder(Path(folder))), inherited(listener)):
            stop.wait()
    except DemlError as error:
        print(f"{error.code()}: {error} {error.advice()}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
