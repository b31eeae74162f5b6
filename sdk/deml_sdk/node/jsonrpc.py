"""JSON-RPC 2.0 over HTTP, as the Cartesi node speaks it; the chain's is web3.py's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import count
from typing import Any

import requests

from deml_sdk.errors import BadAnswer
from deml_sdk.rpc import ANSWER_SECONDS, CONNECT_SECONDS, rpc_error, unreachable, without_secrets


class JsonRpc:
    """A node's JSON-RPC.

    Parameters
    ----------
    url
        Where it answers. Paths of such addresses often hold access keys, so none is ever shown.
    """

    def __init__(self, url: str) -> None:
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
            If the node answers with an error.
        ServiceUnreachable, BadAnswer
        """
        ordered = params if isinstance(params, Mapping) else list(params)
        request = {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": ordered}
        response = http_request(self._http, "POST", self._url, json=request)
        try:
            answer = response.json()
        except (requests.JSONDecodeError, RecursionError):
            raise BadAnswer("node", self.shown_url, f"HTTP {response.status_code}, not JSON") from None
        if not isinstance(answer, dict) or ("result" not in answer and "error" not in answer):
            raise BadAnswer("node", self.shown_url, f"HTTP {response.status_code}, not JSON-RPC")
        if answer.get("error") is not None:
            raise rpc_error(answer["error"])
        return answer.get("result")


def http_request(http: requests.Session, verb: str, url: str, **arguments: Any) -> requests.Response:
    """Make an HTTP request of the node.

    Raises
    ------
    ServiceUnreachable
        If no answer comes, whatever it might be.
    """
    try:
        return http.request(verb, url, timeout=(CONNECT_SECONDS, ANSWER_SECONDS), **arguments)
    except requests.RequestException as error:
        raise unreachable("node", url, error) from None
