"""An ASGI application served from a thread of this process."""

from __future__ import annotations

import os
import socket
from threading import Event, Thread
from types import TracebackType
from typing import Final

from deml_devnet.errors import PortInUse
from deml_sdk.extras import needed_to

with needed_to("run a devnet"):
    import uvicorn
    from starlette.types import ASGIApp, Receive, Scope, Send

_BACKLOG: Final = 128
_LOOK_SECONDS: Final = 0.5


class HttpServer:
    """Serve `application` on the loopback interface until stopped.

    Parameters
    ----------
    listener
        What `listen` made, which is closed in the end; None to listen at a port that is free.
    """

    def __init__(self, application: ASGIApp, listener: socket.socket | None = None) -> None:
        self._socket = listen(0) if listener is None else listener
        self._started = Event()
        config = uvicorn.Config(
            self._announced(application),
            log_config=None,
            log_level="warning",
            access_log=False,
            ws="none",
            lifespan="on",
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    def start(self) -> None:
        """Begin to serve, and return once requests are answered."""
        self._thread.start()
        while not self._started.wait(_LOOK_SECONDS):
            if not self._thread.is_alive():
                raise RuntimeError("the HTTP server's thread ended before it served")

    def stop(self) -> None:
        """Stop serving and free the port."""
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()

    def __enter__(self) -> HttpServer:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _announced(self, application: ASGIApp) -> ASGIApp:
        """Wrap `application` so that the server's lifespan tells when it is up."""

        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "lifespan":
                await application(scope, receive, send)
                return
            await receive()
            await send({"type": "lifespan.startup.complete"})
            self._started.set()
            await receive()
            await send({"type": "lifespan.shutdown.complete"})

        return serve


def inherited(number: str) -> socket.socket:
    """Take a listening socket over from the process that started this one: `number` is its open file's."""
    return socket.socket(fileno=int(number))


def listen(port: int) -> socket.socket:
    """Open a listening socket on the loopback interface; port 0 takes a free one.

    Raises
    ------
    PortInUse
    """
    try:
        server = socket.create_server(("127.0.0.1", port), backlog=_BACKLOG)
    except OSError as error:
        raise PortInUse(port, os.strerror(error.errno) if error.errno else str(error)) from error
    # Accepted connections inherit it. asyncio sets it only on sockets that it made itself; without it every small
    # answer waits 40 ms for the peer's delayed acknowledgement.
    server.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return server
