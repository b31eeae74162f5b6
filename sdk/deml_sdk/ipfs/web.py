"""HTTP to hosts that are not trusted: every answer is bounded in time and size, and comes from the host that was asked.

urllib3 speaks the protocol and keeps connections. It does nothing unasked: no redirect is followed, nothing is
decompressed, no cookie kept, no proxy or netrc consulted. The host's name is resolved once, its addresses are checked,
and the connection goes to a checked address, while TLS and the Host header carry the name.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from http.client import HTTPException
from threading import Event
from typing import Any, Final
from urllib.parse import urlsplit

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool, PoolManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse

from deml_sdk.errors import ServiceUnreachable
from deml_sdk.ipfs.egress import EgressPolicy
from deml_sdk.ipfs.errors import BadServiceUrl, CompressedAnswer, CutOff, EndlessAnswer, Stalled
from deml_sdk.ipfs.sockets import PacedSocket, PacedTls, dial
from deml_sdk.ipfs.text import printable
from deml_sdk.ipfs.timeouts import NORMAL, Pace, Timeouts
from deml_sdk.rpc import without_secrets

READ_BYTES: Final = 2**16
"""At most so many bytes are read from a connection at once."""

KEPT_CONNECTIONS: Final = 4
"""At most so many idle connections are kept to one origin."""

KEPT_ORIGINS: Final = 8
"""At most so many origins have idle connections: subdomain gateways have a host of its own for every file."""

_PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Origin:
    """A scheme, a host and a port: where a connection leads."""

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
    """One request and its answer: where it may connect to, and how fast it must be."""

    egress: EgressPolicy
    pace: Pace
    connected: bool = False
    made_connection: bool = False
    """Whether the connection was made for it, and not kept from an earlier one."""


_exchange: Final[ContextVar[_Exchange]] = ContextVar("exchange")
"""The exchange under way in this thread: urllib3 chooses a connection, and has no way to pass this on to it."""


class _Checked:
    """What both kinds of connection add to urllib3's: a checked address and a pace."""

    sock: PacedSocket | PacedTls | None

    def _new_conn(self) -> PacedSocket:
        exchange = _exchange.get()
        exchange.made_connection = True
        host, port, timeouts = self.host, self.port, exchange.pace.timeouts  # type: ignore[attr-defined]  # urllib3's
        made = dial(host, port, exchange.egress, timeouts.connect)
        made.settimeout(timeouts.silence)
        made.pace = exchange.pace
        exchange.connected = True
        return made

    def request(self, *arguments: Any, **more: Any) -> None:
        """Send a request at the pace of its exchange."""
        exchange = _exchange.get()
        if self.sock is None:
            self.connect()  # type: ignore[attr-defined]  # urllib3's
        if self.sock is not None:
            self.sock.pace = exchange.pace
            exchange.connected = True
        super().request(*arguments, **more)  # type: ignore[misc]  # urllib3's


class _Plain(_Checked, HTTPConnection):  # type: ignore[misc]  # another socket than urllib3 makes
    pass


class _Secure(_Checked, HTTPSConnection):  # type: ignore[misc]  # another socket than urllib3 makes
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


class HttpResponse:
    """A response whose body has not been read yet."""

    def __init__(self, source: str, response: BaseHTTPResponse, pace: Pace) -> None:
        self._source, self._response, self._pace = source, response, pace
        self.status = response.status

    def header(self, name: str) -> str:
        """Look up a header; empty if it is missing."""
        return str(self._response.headers.get(name) or "")

    def pieces(self, limit: int) -> Iterator[bytes]:
        """Yield the body as it arrives.

        Raises
        ------
        EndlessAnswer
            Once more than `limit` bytes have come: those before may tell more about the sender.
        CompressedAnswer, CutOff, Stalled
        """
        encoding = self.header("content-encoding").strip().lower()
        if encoding not in ("", "identity"):
            raise CompressedAnswer(self._source, printable(encoding))
        received, announced = 0, self._announced
        while piece := self._read(received, announced):
            received += len(piece)
            self._pace.moved += len(piece)
            if received > limit:
                raise EndlessAnswer(self._source, limit)
            yield piece

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
    """Makes requests, and keeps connections for the next ones. Safe to use from several threads.

    Parameters
    ----------
    source
        What to call the other side in messages.
    egress
        Which addresses may be connected to.
    """

    def __init__(self, source: str, egress: EgressPolicy, timeouts: Timeouts = NORMAL) -> None:
        self._source, self._egress, self._timeouts = source, egress, timeouts
        self._pools = _pools(KEPT_ORIGINS)

    @contextmanager
    def request(
        self,
        verb: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        *,
        timeouts: Timeouts | None = None,
        cancel: Event | None = None,
    ) -> Iterator[HttpResponse]:
        """Make a request, and yield its response as soon as the head has arrived.

        Parameters
        ----------
        cancel
            Ends the exchange from another thread once it is set.

        Raises
        ------
        PrivateAddress
            If the host's address is one that `egress` does not permit.
        ServiceUnreachable, Stalled, BadServiceUrl
        """
        origin = Origin.of(url)
        sent = {"Accept-Encoding": "identity", "User-Agent": "deml", **(headers or {})}
        # The other side may just have closed a kept connection, so only a request that may be repeated uses one.
        pools = self._pools if verb == "GET" else _pools(1)
        pace = Pace(timeouts or self._timeouts, len(body or b""), cancel)
        exchange = _Exchange(self._egress, pace)
        response: BaseHTTPResponse | None = None
        try:
            try:
                response = self._ask(pools, origin, verb, url, sent, body, exchange)
            except ServiceUnreachable:
                if verb != "GET" or exchange.made_connection:
                    raise
                response = self._ask(pools, origin, verb, url, sent, body, exchange)
            yield HttpResponse(self._source, response, pace)
        finally:
            if response is not None:
                response.close()

    def close(self) -> None:
        """Close the connections."""
        self._pools.clear()

    def _ask(
        self,
        pools: PoolManager,
        origin: Origin,
        verb: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        exchange: _Exchange,
    ) -> BaseHTTPResponse:
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        tls = {"ssl_context": _tls()} if origin.scheme == "https" else None
        pool = pools.connection_from_host(origin.host, origin.port, origin.scheme, tls)
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
                timeout=exchange.pace.timeouts.silence,
                preload_content=False,
                decode_content=False,
            )
        except (OSError, HTTPException, HTTPError, UnicodeError) as error:
            if exchange.connected and _is_timeout(error):
                raise Stalled(self._source, 0, exchange.pace.elapsed) from None
            raise ServiceUnreachable(self._source, without_secrets(url), _reason(error)) from None
        finally:
            _exchange.reset(token)


def _pools(origins: int) -> PoolManager:
    made = PoolManager(origins, maxsize=KEPT_CONNECTIONS)
    made.pool_classes_by_scheme = {"http": _PlainPool, "https": _SecurePool}
    return made


def _cause(error: BaseException) -> BaseException:
    """What went wrong below urllib3, which wraps the exception once or twice."""
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
    """Trust the certificates that ``requests`` trusts, so that all of the SDK agrees."""
    from requests import Session
    from requests.utils import DEFAULT_CA_BUNDLE_PATH

    told = Session().merge_environment_settings("https://", {}, None, None, None)["verify"]
    context = ssl.create_default_context(cafile=told if isinstance(told, str) else DEFAULT_CA_BUNDLE_PATH)
    context.sslsocket_class = PacedTls
    return context
