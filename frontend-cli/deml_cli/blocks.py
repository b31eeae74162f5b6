"""Where files come from and go to, by CID. Nothing a source says is believed: every block is checked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import requests

from deml.base.errors import DemlError
from deml.ipld import Cid, file_car, file_cid, read_file
from deml_cli.errors import BadAnswer, BlockNotFound, ServiceUnreachable
from deml_cli.rpc import http_request, without_secrets

CAR_MEDIA_TYPE: Final = "application/vnd.ipld.car"

_SPARE_BYTES: Final = 2**20
"""A CAR of a file of n bytes is cut off at twice n and this: far more than its headers and tree nodes take."""

_READ_BYTES: Final = 2**16
"""Bytes read from a connection at once."""

_SEARCH_SECONDS: Final = 30
"""How long a Kubo node may look for a file among its peers."""


@dataclass(eq=False)
class ReadOnly(DemlError):
    source: str
    size: int
    what = "A file of {size} bytes cannot be added to {source}, which only gives."
    fix = "Name the RPC of a Kubo node, such as http://127.0.0.1:5001/api/v0: deml config set PROFILE.ipfs_url URL."


class BlockSource(Protocol):
    """A place that stores files by CID."""

    @property
    def name(self) -> str:
        """What to call it in messages."""

    def fetch(self, cid: Cid, max_bytes: int) -> bytes:
        """Get a file of at most `max_bytes`, checked against its CID.

        Raises
        ------
        BlockNotFound
            If the source does not have it, or not all of it.
        ServiceUnreachable, BadAnswer
        DemlError
            What is wrong with the blocks it sent.
        """

    def add(self, content: bytes) -> Cid:
        """Store a file, publicly, and return its CID.

        Raises
        ------
        ReadOnly
            If the source only gives.
        ServiceUnreachable, BadAnswer
        """

    def check(self) -> str:
        """Tell what answers there.

        Raises
        ------
        ServiceUnreachable, BadAnswer
        """

    def close(self) -> None:
        """Close the connection."""


class Gateway:
    """A trustless gateway; it only gives.

    Parameters
    ----------
    url
        Its address, without ``/ipfs``.
    """

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/").removesuffix("/ipfs")
        self._http = requests.Session()
        self.name = f"the gateway {without_secrets(self._url)}"

    def fetch(self, cid: Cid, max_bytes: int) -> bytes:
        """Get a file as a CAR and check it; see `BlockSource`."""
        url = f"{self._url}/ipfs/{cid}?format=car&dag-scope=all"
        with http_request(
            self._http, "GET", url, "IPFS gateway", headers={"Accept": CAR_MEDIA_TYPE}, stream=True
        ) as response:
            if response.status_code != requests.codes.ok:
                raise BlockNotFound(str(cid), self.name)
            return read_file(_body(response, max_bytes), cid, max_bytes)

    def add(self, content: bytes) -> Cid:
        """Refuse; see `BlockSource`."""
        raise ReadOnly(self.name, len(content))

    def check(self) -> str:
        """Ask for a well-known small file; any answer will do, for the gateway need not have it."""
        http_request(self._http, "GET", f"{self._url}/ipfs/bafkqaaa?format=raw", "IPFS gateway")
        return f"{self.name}, to read from"

    def close(self) -> None:
        """Close the connection."""
        self._http.close()


class Kubo:
    """A Kubo node, by its RPC.

    Parameters
    ----------
    url
        Its address, ``/api/v0`` included.
    """

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._http = requests.Session()
        self.name = f"the IPFS node {without_secrets(self._url)}"

    def fetch(self, cid: Cid, max_bytes: int) -> bytes:
        """Get a file as a CAR and check it; see `BlockSource`."""
        path = f"dag/export?arg={cid}&progress=false&timeout={_SEARCH_SECONDS}s"
        with self._post(path, stream=True) as response:
            if response.status_code != requests.codes.ok:
                raise BlockNotFound(str(cid), self.name)
            return read_file(_body(response, max_bytes), cid, max_bytes)

    def add(self, content: bytes) -> Cid:
        """Import a file as a CAR, so that the CID is ours whatever the node's settings, and pin it."""
        cid = file_cid(content)
        files = {"file": ("file.car", file_car(content), CAR_MEDIA_TYPE)}
        answer = self._post("dag/import?pin-roots=true", files=files)
        if answer.status_code != requests.codes.ok or not _pinned(answer.text, cid):
            raise BadAnswer("IPFS node", without_secrets(self._url), f"HTTP {answer.status_code}, and nothing pinned")
        return cid

    def check(self) -> str:
        """Ask for its version; see `BlockSource`."""
        response = self._post("version")
        try:
            return f"{self.name}, Kubo {response.json()['Version']}"
        except (requests.JSONDecodeError, KeyError, TypeError):
            raise BadAnswer("IPFS node", without_secrets(self._url), f"HTTP {response.status_code}") from None

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def _post(self, path: str, **arguments: Any) -> requests.Response:
        return http_request(self._http, "POST", f"{self._url}/{path}", "IPFS node", **arguments)


def block_source(url: str) -> BlockSource:
    """Connect to what `url` names: a Kubo RPC if its path ends in ``/api/v0``, a gateway otherwise."""
    return Kubo(url) if urlsplit(url).path.rstrip("/").endswith("/api/v0") else Gateway(url)


def _pinned(answer: str, cid: Cid) -> bool:
    """Whether Kubo's answer to ``dag/import``, one JSON object a line, says that `cid` is imported and pinned."""
    try:
        roots = [read["Root"] for line in answer.splitlines() if "Root" in (read := json.loads(line))]
        return any(Cid.parse(root["Cid"]["/"]).v1() == cid and not root["PinErrorMsg"] for root in roots)
    except (ValueError, KeyError, TypeError):
        return False


def _body(response: requests.Response, max_bytes: int) -> bytes:
    """Read a CAR, but no more of it than a file of `max_bytes` can need; what is cut off fails its check."""
    limit = 2 * max_bytes + _SPARE_BYTES
    body = bytearray()
    try:
        for piece in response.iter_content(_READ_BYTES):
            body += piece
            if len(body) > limit:
                break
    except requests.RequestException as error:
        raise ServiceUnreachable("IPFS source", without_secrets(response.url), type(error).__name__) from None
    return bytes(body[:limit])
