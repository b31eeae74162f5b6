"""A stand-in's HTTP server on loopback: a thread a request, on a port of its own, until the block ends."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

Answer = Callable[[BaseHTTPRequestHandler, bytes], tuple[int, bytes] | None]
"""Makes status and body of an answer from a request and its body; None has the server hang up."""


@contextmanager
def serving_on_loopback(answer: Answer) -> Iterator[str]:
    """Serve whatever is asked; yield the address."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1
        """Head and body leave together: apart, each answer would wait 40 ms for the client's acknowledgement."""

        def _serve(self) -> None:
            made = answer(self, self.rfile.read(int(self.headers.get("Content-Length", 0))))
            if made is None:
                self.close_connection = True
                return
            status, content = made
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            with suppress(ConnectionError):
                self.wfile.write(content)
                self.wfile.flush()

        def do_GET(self) -> None:
            self._serve()

        def do_POST(self) -> None:
            self._serve()

        def do_PUT(self) -> None:
            self._serve()

        def do_DELETE(self) -> None:
            self._serve()

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
