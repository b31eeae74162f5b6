"""HTTP to hosts that are not trusted: what arrives is bounded in time and size, and comes from where it was asked.

urllib3 speaks the protocol and keeps connections. Nothing happens unasked: no redirect is followed, nothing is
unpacked, no cookie kept, no proxy or netrc consulted. The host's name is looked up once, what is found is checked, and
the connection goes to the address that was checked, while TLS and the Host header carry the name.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from http.client import HTTPException
from threading import Lock
from typing import Any, Final
from urllib.parse import urlsplit

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from deml_sdk.errors import ServiceUnreachable
from deml_sdk.ipfs.egress import EgressPolicy
from deml_sdk.ipfs.errors import BadServiceUrl, CompressedAnswer, CutOff, EndlessAnswer, Stalled
from deml_sdk.ipfs.sockets import PacedSocket, PacedTls, dial
from deml_sdk.ipfs.text import printable
from deml_sdk.ipfs.timeouts import NORMAL, Cancellation, Lifeline, Pace, Timeouts
from deml_sdk.rpc import without_secrets

READ_BYTES: Final = 2**16
"""Most bytes read from a connection at once."""

KEPT_CONNECTIONS: Final = 4
"""Most connections kept to one place: a download asks for that many blocks at once."""

KEPT_PLACES: Final = 8
"""Most places that connections are kept to: gateways send on to a host of its own for every file."""

_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Origin:
    """A scheme, a host and a port: to whom a connection leads."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> Origin:
        """Origin of an address.

        Raises
        ------
        BadServiceUrl
        """
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port
        except ValueError as error:
            raise BadServiceUrl("the address", printable(str(error))) from None
        if parts.scheme not in _PORTS or not host:
            raise BadServiceUrl(without_secrets(url), "it does not begin with http:// or https:// and a host")
        if parts.username is not None or parts.password is not None:
            raise BadServiceUrl(without_secrets(url), "it holds a name or a password")
        return cls(parts.scheme, host, port or _PORTS[parts.scheme])


@dataclass
class _Exchange:
    """One request and its answer: how fast, by which connection, and who may end it."""

    timeouts: Timeouts
    egress: EgressPolicy
    pace: Pace
    cancel: Cancellation | None
    fresh: bool = False
    """Whether a connection was made for it."""

    line: Lifeline | None = field(default=None, init=False)

    def by(self, line: Lifeline) -> None:
        """Go on by a connection, which `cancel` may end from now on."""
        if self.cancel is not None and self.line is not line:
            self.end()
            self.cancel.attach(line)
        self.line = line

    def end(self) -> None:
        """Let the connection go; it must still be open."""
        if self.cancel is not None and self.line is not None:
            self.cancel.detach(self.line)
        self.line = None


_exchange: Final[ContextVar[_Exchange]] = ContextVar("exchange")
"""The one that this thread makes: urllib3 chooses its connection, and tells the connection nothing of it."""


class _Connected:
    """What both kinds of connection have on top: a checked address, a pace, a lifeline."""

    sock: PacedSocket | PacedTls | None
    line: Lifeline | None = None
    exchange: _Exchange | None = None

    def _new_conn(self) -> PacedSocket:
        exchange = _exchange.get()
        exchange.fresh = True
        host, port = self.host, self.port  # type: ignore[attr-defined]  # a connection's
        made = dial(host, port, exchange.egress, exchange.timeouts.connect)
        made.settimeout(exchange.timeouts.silence)
        made.pace = exchange.pace
        self.line = Lifeline(made)
        exchange.by(self.line)
        return made

    def request(self, *arguments: Any, **more: Any) -> None:
        """Send a request at the pace of its exchange."""
        exchange = _exchange.get()
        if self.sock is None:
            self.connect()  # type: ignore[attr-defined]  # a connection's
        if self.sock is not None and self.line is not None:
            self.sock.pace, self.exchange = exchange.pace, exchange
            exchange.by(self.line)
        super().request(*arguments, **more)  # type: ignore[misc]  # a connection's

    def rest(self) -> None:
        """Have nothing more to do with an exchange that is over; the next may be another thread's."""
        if self.exchange is not None:
            self.exchange.end()
            self.exchange = None
        if self.sock is not None:
            self.sock.pace = None

    def close(self) -> None:
        """Close the connection for good, and the handle on it."""
        super().close()  # type: ignore[misc]  # a connection's
        line, self.line = self.line, None
        if line is not None:
            line.close()


class _Plain(_Connected, HTTPConnection):  # type: ignore[misc]  # another socket than urllib3 makes
    pass


class _Secure(_Connected, HTTPSConnection):  # type: ignore[misc]  # another socket than urllib3 makes
    pass


class _Keeping:
    """What both kinds of pool have on top."""

    def _put_conn(self, conn: Any) -> None:
        if conn is not None:
            conn.rest()
        super()._put_conn(conn)  # type: ignore[misc]  # a pool's


class _PlainPool(_Keeping, HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(_Keeping, HTTPSConnectionPool):
    ConnectionCls = _Secure


class HttpResponse:
    """A response whose body has not been read yet."""

    def __init__(self, source: str, response: BaseHTTPResponse, pace: Pace) -> None:
        self._source, self._response, self._pace = source, response, pace
        self.status = response.status

    def header(self, name: str) -> str:
        """Look a header up; empty where it is missing."""
        return str(self._response.headers.get(name) or "")

    def pieces(self, limit: int) -> Iterator[bytes]:
        """Yield the body as it arrives.

        Raises
        ------
        EndlessAnswer
            If it has more than `limit` bytes: not before, for what is in them may say more.
        CompressedAnswer, CutOff, Stalled
        """
        encoding = self.header("content-encoding").strip().lower()
        if encoding not in ("", "identity"):
            raise CompressedAnswer(self._source, printable(encoding))
        announced = self._announced
        received = 0
        while piece := self._read(received, announced):
            received += len(piece)
            self._pace.moved += len(piece)
            if received > limit:
                raise EndlessAnswer(self._source, limit)
            yield piece
        if announced is not None and received < announced:
            raise CutOff(self._source, f"after {received} of {announced} bytes")

    def read(self, limit: int) -> bytes:
        """Read the whole body, of at most `limit` bytes; see `pieces`."""
        if (self._announced or 0) > limit:
            raise EndlessAnswer(self._source, limit)
        return b"".join(self.pieces(limit))

    @property
    def _announced(self) -> int | None:
        return getattr(self._response, "length_remaining", None)

    def _read(self, received: int, announced: int | None) -> bytes:
        try:
            return self._response.read1(READ_BYTES, decode_content=False)
        except (OSError, HTTPException, HTTPError) as error:
            if _is_timeout(error):
                raise Stalled(self._source, self._pace.moved, self._pace.elapsed) from None
            if announced is not None and received:
                raise CutOff(self._source, f"after {received} of {announced} bytes") from None
            raise CutOff(self._source, type(_cause(error)).__name__) from None


class Web:
    """Makes requests, and keeps connections that can serve again. Safe to use from several threads.

    Parameters
    ----------
    source
        What to call the other side in messages.
    egress
        Which addresses may be connected to.
    """

    def __init__(self, source: str, egress: EgressPolicy, timeouts: Timeouts = NORMAL) -> None:
        self._source, self._egress, self._timeouts = source, egress, timeouts
        self._pools: dict[Origin, HTTPConnectionPool] = {}
        self._lock = Lock()

    @contextmanager
    def request(
        self,
        verb: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        *,
        timeouts: Timeouts | None = None,
        cancel: Cancellation | None = None,
    ) -> Iterator[HttpResponse]:
        """Ask, and give the answer as soon as its head is there.

        Raises
        ------
        PrivateAddress
            If the host is where `egress` does not permit.
        ServiceUnreachable, Stalled, BadServiceUrl
        """
        origin = Origin.of(url)
        timeouts = timeouts or self._timeouts
        asked = {"Accept-Encoding": "identity", "User-Agent": "deml", **(headers or {})}
        # A kept connection may have been closed by the other side just now, so only what may be asked twice uses one.
        pool = self._pool(origin) if verb == "GET" else _pool(origin, 1)
        exchange = _Exchange(timeouts, self._egress, Pace(timeouts, len(body or b"")), cancel)
        response: BaseHTTPResponse | None = None
        try:
            try:
                response = self._ask(pool, verb, url, asked, body, exchange)
            except ServiceUnreachable:
                if verb != "GET" or exchange.fresh:
                    raise
                response = self._ask(self._pool(origin), verb, url, asked, body, exchange)
            yield HttpResponse(self._source, response, exchange.pace)
        finally:
            exchange.end()
            if response is not None:
                response.close()
            if verb != "GET":
                pool.close()

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            while self._pools:
                self._pools.popitem()[1].close()

    def _pool(self, origin: Origin) -> HTTPConnectionPool:
        with self._lock:
            pool = self._pools.pop(origin, None) or _pool(origin, KEPT_CONNECTIONS)
            self._pools[origin] = pool  # The latest last.
            if len(self._pools) > KEPT_PLACES:
                self._pools.pop(next(iter(self._pools))).close()
        return pool

    def _ask(
        self,
        pool: HTTPConnectionPool,
        verb: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        exchange: _Exchange,
    ) -> BaseHTTPResponse:
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        token = _exchange.set(exchange)
        try:
            return pool.urlopen(
                verb,
                target,
                body,
                headers,
                retries=False,
                redirect=False,
                assert_same_host=False,
                timeout=exchange.timeouts.silence,
                preload_content=False,
                decode_content=False,
            )
        except (OSError, HTTPException, HTTPError, UnicodeError) as error:
            if exchange.line is not None and _is_timeout(error):
                raise Stalled(self._source, 0, exchange.pace.elapsed) from None
            raise ServiceUnreachable(self._source, without_secrets(url), _reason(error)) from None
        finally:
            _exchange.reset(token)


def _pool(origin: Origin, size: int) -> HTTPConnectionPool:
    if origin.scheme == "http":
        return _PlainPool(origin.host, origin.port, maxsize=size)
    return _SecurePool(origin.host, origin.port, maxsize=size, ssl_context=_tls())


def _cause(error: BaseException) -> BaseException:
    """What went wrong below urllib3, which wraps it once or twice."""
    while isinstance(error, HTTPError):
        inner = next((one for one in (*error.args, error.__cause__) if isinstance(one, Exception)), None)
        if inner is None:
            break
        error = inner
    return error


def _is_timeout(error: BaseException) -> bool:
    return isinstance(_cause(error), TimeoutError) or type(error).__name__ == "ReadTimeoutError"


def _reason(error: BaseException) -> str:
    cause = _cause(error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"its TLS certificate is not accepted ({cause.verify_message})"
    return (isinstance(cause, OSError) and cause.strerror) or type(cause).__name__


@cache
def _tls() -> ssl.SSLContext:
    """Trust whom ``requests`` trusts, so that all of the SDK agrees: what it is told, or the bundle it brings."""
    from requests import Session
    from requests.utils import DEFAULT_CA_BUNDLE_PATH

    told = Session().merge_environment_settings("https://", {}, None, None, None)["verify"]
    context = ssl.create_default_context(cafile=told if isinstance(told, str) else DEFAULT_CA_BUNDLE_PATH)
    context.sslsocket_class = PacedTls
    return context
