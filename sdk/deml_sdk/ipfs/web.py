"""HTTP to hosts that are not trusted: what arrives is bounded in time and size, and comes from where it was asked.

Nothing happens unasked: no redirect is followed, nothing is unpacked, no cookie kept, no proxy or netrc consulted. The
host's name is looked up once, what is found is checked, and the connection goes to the address that was checked, while
TLS and the Host header carry the name.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPResponse
from socket import IPPROTO_TCP, SOCK_STREAM, TCP_NODELAY, socket
from threading import Lock
from typing import Final
from urllib.parse import urlsplit

from deml_sdk.errors import ServiceUnreachable
from deml_sdk.ipfs.egress import EgressPolicy
from deml_sdk.ipfs.errors import BadServiceUrl, CompressedAnswer, CutOff, EndlessAnswer, Stalled
from deml_sdk.ipfs.text import printable
from deml_sdk.ipfs.timeouts import NORMAL, Cancel, Lifeline, Timeouts, Watchdog
from deml_sdk.rpc import without_secrets

READ_BYTES: Final = 2**16
"""Most bytes read from a connection at once."""

_PORTS: Final = {"http": 80, "https": 443}
_ADDRESSES_TRIED: Final = 4


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


class Answer:
    """A response whose body has not been read yet."""

    def __init__(self, source: str, response: HTTPResponse, watchdog: Watchdog) -> None:
        self._source, self._response, self._watchdog = source, response, watchdog
        self.status = response.status
        self.complete = False
        """Whether the body was read to its end, so that the connection can serve again."""

    def header(self, name: str) -> str:
        """Look a header up; empty where it is missing."""
        return self._response.getheader(name) or ""

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
        announced = self._response.length
        received = 0
        while piece := self._read():
            received += len(piece)
            self._watchdog.moved += len(piece)
            if received > limit:
                raise EndlessAnswer(self._source, limit)
            yield piece
        if self._watchdog.expired:
            raise Stalled(self._source, received, self._watchdog.elapsed)
        if announced is not None and received < announced:
            raise CutOff(self._source, f"after {received} of {announced} bytes")
        self.complete = True

    def read(self, limit: int) -> bytes:
        """Read the whole body, of at most `limit` bytes; see `pieces`."""
        if (self._response.length or 0) > limit:
            raise EndlessAnswer(self._source, limit)
        return b"".join(self.pieces(limit))

    def _read(self) -> bytes:
        try:
            return self._response.read1(READ_BYTES)
        except (OSError, HTTPException) as error:
            if self._watchdog.expired or isinstance(error, TimeoutError):
                raise Stalled(self._source, self._watchdog.moved, self._watchdog.elapsed) from None
            raise CutOff(self._source, type(error).__name__) from None


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
        self._idle: list[_Connection] = []
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
        cancel: Cancel | None = None,
    ) -> Iterator[Answer]:
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
        kept = self._take(origin) if verb == "GET" else None
        connection = kept or self._connect(origin, timeouts)
        try:
            try:
                answer = connection.ask(verb, url, asked, body, self._source, timeouts, cancel)
            except ServiceUnreachable:
                if kept is None:
                    raise
                connection.dispose()
                connection = self._connect(origin, timeouts)
                answer = connection.ask(verb, url, asked, body, self._source, timeouts, cancel)
            yield answer
        except BaseException:
            connection.dispose()
            raise
        connection.finish()
        if verb == "GET" and answer.complete and connection.reusable:
            with self._lock:
                self._idle.append(connection)
        else:
            connection.dispose()

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            while self._idle:
                self._idle.pop().dispose()

    def _take(self, origin: Origin) -> _Connection | None:
        """Take a kept connection; only for what may be asked twice, since the other side may just have closed it."""
        with self._lock:
            for connection in self._idle:
                if connection.origin == origin:
                    self._idle.remove(connection)
                    return connection
        return None

    def _connect(self, origin: Origin, timeouts: Timeouts) -> _Connection:
        try:
            return _Connection(origin, _dial(origin, self._egress, timeouts))
        except (OSError, UnicodeError) as error:
            url = f"{origin.scheme}://{printable(origin.host)}:{origin.port}"
            raise ServiceUnreachable(self._source, url, _reason(error)) from None


class _Connection(HTTPConnection):
    """An open connection, and the lifeline by which to end it."""

    def __init__(self, origin: Origin, connected: socket) -> None:
        super().__init__(origin.host, origin.port)
        self.origin = origin
        self.default_port = _PORTS[origin.scheme]
        self.sock = connected
        self.reusable = True
        self._secured = origin.scheme == "http"
        self._line = Lifeline(connected)
        self._watchdog: Watchdog | None = None
        self._response: HTTPResponse | None = None
        self._cancel: Cancel | None = None

    def connect(self) -> None:
        """Refuse: a closed connection stays closed, for its address was checked when it was made."""
        raise ConnectionError("the connection is closed")

    def ask(
        self,
        verb: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        source: str,
        timeouts: Timeouts,
        cancel: Cancel | None,
    ) -> Answer:
        """Send a request and read the head of the answer."""
        self._watchdog = watchdog = Watchdog(self._line, timeouts, len(body or b""))
        self._cancel = cancel
        if cancel is not None:
            cancel.attach(self._line)
        parts = urlsplit(url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        try:
            self.sock.settimeout(timeouts.silence)
            if not self._secured:
                self.sock = _tls().wrap_socket(self.sock, server_hostname=self.origin.host)
                self._secured = True
            self.request(verb, target, body, headers)
            self._response = response = self.getresponse()
        except (OSError, HTTPException, UnicodeError) as error:
            if watchdog.expired or isinstance(error, TimeoutError):
                raise Stalled(source, 0, watchdog.elapsed) from None
            raise ServiceUnreachable(source, without_secrets(url), _reason(error)) from None
        self.reusable = not response.will_close
        return Answer(source, response, watchdog)

    def finish(self) -> None:
        """Let the answer go."""
        if self._watchdog is not None:
            self._watchdog.close()
            self._watchdog = None
        if self._cancel is not None:
            self._cancel.detach(self._line)
            self._cancel = None
        if self._response is not None:
            self._response.close()
            self._response = None

    def dispose(self) -> None:
        """Close the connection for good."""
        self._line.end()
        self.finish()
        self.close()
        self._line.close()


def _dial(origin: Origin, egress: EgressPolicy, timeouts: Timeouts) -> socket:
    """Connect to an address of a host, after all of them have been checked."""
    last: OSError = OSError("it has no address")
    for family, address in egress.resolve(origin.host, origin.port)[:_ADDRESSES_TRIED]:
        connected = socket(family, SOCK_STREAM)
        try:
            connected.settimeout(timeouts.connect)
            connected.connect((address, origin.port))
            connected.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)
        except OSError as error:
            connected.close()
            last = error
        else:
            return connected
    raise last


def _reason(error: OSError | HTTPException | UnicodeError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its TLS certificate is not accepted ({error.verify_message})"
    return (isinstance(error, OSError) and error.strerror) or type(error).__name__


@cache
def _tls() -> ssl.SSLContext:
    """Trust whom ``requests`` trusts, so that all of the SDK agrees: what it is told, or the bundle it brings."""
    from requests import Session
    from requests.utils import DEFAULT_CA_BUNDLE_PATH

    told = Session().merge_environment_settings("https://", {}, None, None, None)["verify"]
    return ssl.create_default_context(cafile=told if isinstance(told, str) else DEFAULT_CA_BUNDLE_PATH)
