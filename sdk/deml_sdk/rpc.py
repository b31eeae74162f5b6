"""JSON-RPC 2.0 over HTTP: what the chain and the node both speak."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any, Final
from urllib.parse import urlsplit

import requests

from deml_sdk.errors import BadAnswer, ServiceUnreachable

CONNECT_SECONDS: Final = 5
"""How long to wait for a connection."""

ANSWER_SECONDS: Final = 60
"""How long to wait for an answer: an inspect of the real node may take most of it."""


class RpcError(Exception):
    """An answer that carries an error; callers turn it into one of theirs, so users never see it."""

    def __init__(self, code: int, message: str, data: object = None) -> None:
        super().__init__(message)
        self.code, self.message, self.data = code, message, data


class JsonRpc:
    """A JSON-RPC service.

    Parameters
    ----------
    url
        Where it answers. Paths of such addresses often hold access keys, so none is ever shown.
    service
        What to call it in errors.
    """

    def __init__(self, url: str, service: str) -> None:
        self.service = service
        self.shown_url = without_secrets(url)
        self._url = url
        self._http = requests.Session()
        self._ids = count(1)

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def call(self, method: str, params: Sequence[Any] | Mapping[str, Any] = ()) -> Any:
        """Call a method and return its result.

        Raises
        ------
        RpcError
            If the service answers with an error.
        ServiceUnreachable, BadAnswer
        """
        ordered = params if isinstance(params, Mapping) else list(params)
        request = {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": ordered}
        response = http_request(self._http, "POST", self._url, self.service, json=request)
        try:
            answer = response.json()
        except requests.JSONDecodeError:
            raise BadAnswer(self.service, self.shown_url, f"HTTP {response.status_code}, not JSON") from None
        if not isinstance(answer, dict) or ("result" not in answer and "error" not in answer):
            raise BadAnswer(self.service, self.shown_url, f"HTTP {response.status_code}, not JSON-RPC")
        if answer.get("error") is not None:
            raise _error(answer["error"])
        return answer.get("result")


def http_request(http: requests.Session, verb: str, url: str, service: str, **arguments: Any) -> requests.Response:
    """Make an HTTP request.

    Raises
    ------
    ServiceUnreachable
        If no answer comes, whatever it might be.
    """
    try:
        return http.request(verb, url, timeout=(CONNECT_SECONDS, ANSWER_SECONDS), **arguments)
    except requests.Timeout:
        raise ServiceUnreachable(service, without_secrets(url), "it does not answer in time") from None
    except requests.exceptions.SSLError:
        raise ServiceUnreachable(service, without_secrets(url), "its TLS certificate is not accepted") from None
    except requests.ConnectionError:
        raise ServiceUnreachable(service, without_secrets(url), "no connection") from None
    except requests.RequestException as error:
        raise ServiceUnreachable(service, without_secrets(url), type(error).__name__) from None


def without_secrets(url: str) -> str:
    """Scheme, host and port of an address, which is all of it that may be shown."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}" + ("/..." if parts.path.strip("/") or parts.query else "")


def _error(error: object) -> RpcError:
    if not isinstance(error, dict):
        return RpcError(0, str(error))
    code = error.get("code", 0)
    return RpcError(code if isinstance(code, int) else 0, str(error.get("message", "")), error.get("data"))
