"""A trustless gateway: blocks and CARs over HTTP, from anybody.

https://specs.ipfs.tech/http-gateways/trustless-gateway/; a redirect is followed only to the same host, or to the file's
own subdomain of it (https://specs.ipfs.tech/http-gateways/subdomain-gateway/), never away from TLS.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from http import HTTPStatus
from threading import Event
from typing import Final
from urllib.parse import urljoin

from deml.ipld import Cid
from deml_sdk.errors import BlockNotFound, ServiceUnreachable
from deml_sdk.ipfs.car_stream import read_blocks
from deml_sdk.ipfs.dag import max_dag_bytes
from deml_sdk.ipfs.egress import LOCALHOST, EgressPolicy
from deml_sdk.ipfs.errors import GatewayBusy, RedirectedElsewhere, WrongAnswerType, WrongBlock
from deml_sdk.ipfs.interface import MAX_BLOCK_BYTES, Blocks
from deml_sdk.ipfs.text import printable
from deml_sdk.ipfs.timeouts import NORMAL, Timeouts
from deml_sdk.ipfs.web import HttpResponse, Origin, Web
from deml_sdk.rpc import without_secrets

CAR: Final = "application/vnd.ipld.car"
RAW: Final = "application/vnd.ipld.raw"

EMPTY: Final = "bafkqaaa"
"""The empty block under an identity hash; the specification has every gateway answer for it."""

_MAX_REDIRECTS: Final = 3
_REDIRECTS: Final = (301, 302, 303, 307, 308)
_BUSY: Final = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)
_LOOPBACK: Final = ("127.0.0.1", "::1", LOCALHOST)
"""What Kubo's own gateway is named by; it gives each file a subdomain of localhost."""
_PAGE: Final = "text/html"


class Gateway:
    """A gateway; it only gives.

    Parameters
    ----------
    url
        Its address, with or without ``/ipfs``.
    egress
        Where it may be.
    """

    def __init__(self, url: str, egress: EgressPolicy, timeouts: Timeouts = NORMAL) -> None:
        self._url = url.rstrip("/").removesuffix("/ipfs")
        self._origin = Origin.of(self._url)
        self.name = f"the gateway {without_secrets(self._url)}"
        self._web = Web(self.name, egress, timeouts)

    def stream(self, root: Cid, max_bytes: int, cancel: Event) -> Blocks:
        """Yield the blocks of a file as a CAR brings them; see `BlockSource`."""
        accept = {"Accept": f"{CAR}; version=1; order=dfs; dups=n"}
        with self._get(root, "format=car&dag-scope=all", accept, cancel) as answer:
            self._require_type(answer, CAR)
            yield from read_blocks(answer.pieces(max_dag_bytes(max_bytes)), root)

    def block(self, cid: Cid) -> bytes:
        """Get one block; see `BlockSource`."""
        with self._get(cid, "format=raw", {"Accept": RAW}, None) as answer:
            self._require_type(answer, RAW)
            content = answer.read(MAX_BLOCK_BYTES)
        if sha256(content).digest() != cid.digest:
            raise WrongBlock(self.name, str(cid))
        return content

    def check(self) -> str:
        """Ask for a well-known block; any answer will do."""
        with self._web.request("GET", f"{self._url}/ipfs/{EMPTY}?format=raw", {"Accept": RAW}) as answer:
            return f"{self.name}, to read from (HTTP {answer.status})"

    def close(self) -> None:
        """Close the connections."""
        self._web.close()

    @contextmanager
    def _get(self, cid: Cid, query: str, headers: Mapping[str, str], cancel: Event | None) -> Iterator[HttpResponse]:
        url = f"{self._url}/ipfs/{cid}?{query}"
        for _ in range(_MAX_REDIRECTS + 1):
            with self._web.request("GET", url, headers, cancel=cancel) as answer:
                if answer.status == HTTPStatus.OK:
                    yield answer
                    return
                if answer.status in _BUSY:
                    raise GatewayBusy(self.name, answer.status)
                if answer.status not in _REDIRECTS:
                    raise BlockNotFound(str(cid), f"{self.name} (HTTP {answer.status})")
                url = self._next(url, answer.header("location"), cid)
        raise ServiceUnreachable("IPFS gateway", without_secrets(self._url), "it redirects in circles")

    def _next(self, url: str, location: str, cid: Cid) -> str:
        """Where a redirect leads, if it may be followed."""
        try:
            target = urljoin(url, location)
        except ValueError:
            raise RedirectedElsewhere(self.name, printable(location)) from None
        there = Origin.of(target)
        own = self._origin
        base = LOCALHOST if own.host in _LOOPBACK else own.host
        hosts = (own.host, f"{cid.v1()}.ipfs.{base}")
        upgraded = (own.scheme, own.port, there.scheme, there.port) == ("http", 80, "https", 443)
        if there.host not in hosts or not (upgraded or (own.scheme, own.port) == (there.scheme, there.port)):
            raise RedirectedElsewhere(self.name, printable(without_secrets(target)))
        return target

    def _require_type(self, answer: HttpResponse, wanted: str) -> None:
        """Refuse a web page at once; all else shows itself by its bytes, since some gateways name no type."""
        found = answer.header("content-type").partition(";")[0].strip().lower()
        if found == _PAGE:
            raise WrongAnswerType(self.name, f"{found}, not {wanted}")
