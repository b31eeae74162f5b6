"""Kubo's RPC (https://docs.ipfs.tech/reference/kubo/rpc/): commands over POST, answers of one JSON object a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from threading import Event
from typing import Any, Final
from urllib.parse import urlencode

from deml_sdk.errors import BadAnswer
from deml_sdk.ipfs.egress import ANYWHERE
from deml_sdk.ipfs.text import printable, read_json
from deml_sdk.ipfs.timeouts import Timeouts
from deml_sdk.ipfs.web import HttpResponse, Origin, Web
from deml_sdk.rpc import without_secrets

CAR: Final = "application/vnd.ipld.car"

ANSWER_BYTES: Final = 2**24
"""Longest answer that is not a file: a list of some 150,000 pins."""

_BOUNDARY: Final = "deml-1f0b6d3f5c9e4b6f"


class KuboRpc:
    """The RPC of a node that the user runs: it controls the node, so it may be anywhere.

    Parameters
    ----------
    url
        Its address, ``/api/v0`` included.
    """

    def __init__(self, url: str, timeouts: Timeouts) -> None:
        self._url = url.rstrip("/")
        Origin.of(self._url)
        self.shown_url = without_secrets(self._url)
        self._web = Web(f"the IPFS node {self.shown_url}", ANYWHERE, timeouts)

    def close(self) -> None:
        """Close the connections."""
        self._web.close()

    @contextmanager
    def post(
        self,
        command: str,
        query: Mapping[str, str],
        *,
        car: bytes | None = None,
        cancel: Event | None = None,
        timeouts: Timeouts | None = None,
    ) -> Iterator[HttpResponse]:
        """Give a command, perhaps with a CAR.

        Raises
        ------
        ServiceUnreachable, Stalled
        """
        url = f"{self._url}/{command}?{urlencode(query)}"
        headers, body = ({}, b"") if car is None else _form(car)
        with self._web.request("POST", url, headers, body, timeouts=timeouts, cancel=cancel) as answer:
            yield answer

    def call(self, command: str, query: Mapping[str, str], car: bytes | None = None) -> list[dict[str, Any]]:
        """Give a command and read the whole answer.

        Raises
        ------
        BadAnswer
            If the node reports an error, or what it sends is no JSON.
        ServiceUnreachable, SourceFault
        """
        with self.post(command, query, car=car) as answer:
            self.require_ok(answer, command)
            return list(self.objects(answer))

    def objects(self, answer: HttpResponse) -> Iterator[dict[str, Any]]:
        """Yield the objects of an answer as they arrive."""
        rest = b""
        for piece in answer.pieces(ANSWER_BYTES):
            *lines, rest = (rest + piece).split(b"\n")
            yield from (self._object(line) for line in lines if line.strip())
        if rest.strip():
            yield self._object(rest)

    def require_ok(self, answer: HttpResponse, command: str) -> None:
        """Turn an error that the node reports into a failure."""
        if answer.status != HTTPStatus.OK:
            raise self.bad(f"{command}: {self.message(answer)}")

    def message(self, answer: HttpResponse) -> str:
        """What the node says is wrong."""
        raw = answer.read(ANSWER_BYTES)
        try:
            text = str(read_json(raw)["Message"])
        except (ValueError, KeyError, TypeError):
            text = "no reason given"
        return f"HTTP {answer.status}, {printable(text)}"

    def bad(self, reason: str) -> BadAnswer:
        """Make a failure of an answer."""
        return BadAnswer("IPFS node", self.shown_url, reason)

    @contextmanager
    def documented(self, command: str) -> Iterator[None]:
        """Turn what goes wrong while an answer is read into a failure of the node: it has another form than documented.

        Raises
        ------
        BadAnswer
        """
        try:
            yield
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise self.bad(f"{command}: {type(error).__name__} {printable(str(error))}") from None

    def _object(self, line: bytes) -> dict[str, Any]:
        try:
            found = read_json(line)
        except ValueError:
            raise self.bad("it is not JSON") from None
        if not isinstance(found, dict):
            raise self.bad("it is no JSON object")
        return found


def _form(car: bytes) -> tuple[dict[str, str], bytes]:
    """A CAR as the only file of a form."""
    disposition = 'Content-Disposition: form-data; name="file"; filename="file.car"'
    head = f"--{_BOUNDARY}\r\n{disposition}\r\nContent-Type: {CAR}\r\n\r\n"
    body = b"".join((head.encode(), car, f"\r\n--{_BOUNDARY}--\r\n".encode()))
    return {"Content-Type": f"multipart/form-data; boundary={_BOUNDARY}"}, body
