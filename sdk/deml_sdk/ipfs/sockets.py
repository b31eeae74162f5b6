"""Sockets that keep to a pace, connected to addresses that were checked.

A socket's own timeout starts anew with every byte, so a peer that sends one now and then holds a reader for ever. These
sockets ask before every wait how long it may take, given all that has arrived so far.
"""

from __future__ import annotations

import socket
import ssl
import time
from typing import Any, Final

from deml_sdk.ipfs.egress import EgressPolicy
from deml_sdk.ipfs.timeouts import Pace

_ADDRESSES_TRIED: Final = 4


class _Paced:
    """What both kinds of socket have on top."""

    pace: Pace | None = None
    """Pace of the latest exchange; None before the first, as in a TLS handshake."""

    def recv_into(self, *arguments: Any) -> int:
        """Receive, if the exchange may take longer."""
        began = time.monotonic()
        while True:
            if self.pace is not None:
                self.settimeout(self.pace.wait(time.monotonic() - began))  # type: ignore[attr-defined]  # a socket's
            try:
                received: int = super().recv_into(*arguments)  # type: ignore[misc]  # a socket's
            except TimeoutError:
                if self.pace is None:
                    raise
            else:
                return received

    def sendall(self, *arguments: Any) -> None:
        """Send everything, in the time that so much may take."""
        if self.pace is not None:
            self.settimeout(self.pace.left())  # type: ignore[attr-defined]  # a socket's
        super().sendall(*arguments)  # type: ignore[misc]  # a socket's


class PacedSocket(_Paced, socket.socket):
    """A plain one."""


class PacedTls(_Paced, ssl.SSLSocket):
    """One inside TLS; made by a context whose `sslsocket_class` it is."""


def dial(host: str, port: int, egress: EgressPolicy, seconds: float) -> PacedSocket:
    """Connect to an address of a host, after all of them have been checked.

    Parameters
    ----------
    seconds
        How long each address may take to answer.

    Raises
    ------
    PrivateAddress
    OSError
    """
    last: OSError = OSError("it has no address")
    for family, address in egress.resolve(host, port)[:_ADDRESSES_TRIED]:
        connected = PacedSocket(family, socket.SOCK_STREAM)
        try:
            connected.settimeout(seconds)
            connected.connect((address, port))
            connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            connected.close()
            last = error
        else:
            return connected
    raise last
