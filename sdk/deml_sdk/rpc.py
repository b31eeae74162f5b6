"""What JSON-RPC of the chain and of the node have in common: time-outs, errors, addresses without their secrets."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

import requests

from deml_sdk.errors import ServiceUnreachable

CONNECT_SECONDS: Final = 5
"""How long to wait for a connection."""

ANSWER_SECONDS: Final = 60
"""How long to wait for an answer: an inspect of the real node may take most of it."""


class RpcError(Exception):
    """An answer that carries an error; callers turn it into one of theirs, so users never see it."""

    def __init__(self, code: int, message: str, data: object = None) -> None:
        super().__init__(message)
        self.code, self.message, self.data = code, message, data


def rpc_error(error: object) -> RpcError:
    """Read the member ``error`` of an answer, which may be anything."""
    if not isinstance(error, dict):
        return RpcError(0, str(error))
    code = error.get("code", 0)
    return RpcError(code if isinstance(code, int) else 0, str(error.get("message", "")), error.get("data"))


def unreachable(service: str, url: str, error: requests.RequestException) -> ServiceUnreachable:
    """Say why no answer came, whatever it might have been; an exception's own words may hold the whole address."""
    if isinstance(error, requests.Timeout):
        reason = "it does not answer in time"
    elif isinstance(error, requests.exceptions.SSLError):
        reason = "its TLS certificate is not accepted"
    elif isinstance(error, requests.ConnectionError):
        reason = "no connection"
    else:
        reason = type(error).__name__
    return ServiceUnreachable(service, without_secrets(url), reason)


def without_secrets(url: str) -> str:
    """Scheme, host and port of an address, which is all of it that may be shown: paths often hold access keys."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}" + ("/..." if parts.path.strip("/") or parts.query else "")
