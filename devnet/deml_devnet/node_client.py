"""The few questions that the devnet itself puts to its node."""

from __future__ import annotations

from typing import Any, Final

import requests

_TIMEOUT_SECONDS: Final = 10


def is_ready(url: str) -> bool:
    """Whether the node at ``http://host:port`` has caught up with the chain, and its dapp can be asked."""
    try:
        return requests.get(f"{url}/health", timeout=_TIMEOUT_SECONDS).ok
    except requests.RequestException:
        return False


def answers(url: str) -> bool:
    """Whether anything answers HTTP at `url`."""
    try:
        requests.head(url, timeout=_TIMEOUT_SECONDS)
    except requests.RequestException:
        return False
    return True


def ask(rpc_url: str, method: str, **parameters: str) -> Any:
    """Call a method of the node's JSON-RPC; None if what it asks for is not there (yet) or nobody answers."""
    body: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
    try:
        answer = requests.post(rpc_url, json=body, timeout=_TIMEOUT_SECONDS).json()
    except requests.RequestException:
        return None
    return answer["result"]["data"] if "result" in answer else None
