"""An HTTP provider that can be closed. It imports web3.py, so only `deml_sdk.chain.connection` imports it."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

import requests
from web3 import HTTPProvider

from deml_sdk.rpc import ANSWER_SECONDS, CONNECT_SECONDS


class Provider(HTTPProvider):
    """Asks one address, over one connection that is kept.

    Contracts cannot make it fetch addresses of their choice (EIP-3668), nothing is tried twice, and a proxy is never
    asked for what runs on this machine.
    """

    def __init__(self, url: str) -> None:
        self._session = requests.Session()
        self._session.trust_env = not _is_this_machine(url)
        time_outs = {"timeout": (CONNECT_SECONDS, ANSWER_SECONDS)}
        super().__init__(url, time_outs, self._session, exception_retry_configuration=None)
        self.global_ccip_read_enabled = False

    def close(self) -> None:
        """Close the connection."""
        self._session.close()


def _is_this_machine(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
