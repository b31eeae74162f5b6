"""Who pins for a profile, and waiting until a pin is done."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from typing import Final

from deml_cli.config import Config
from deml_cli.errors import NotConfigured, Unavailable
from deml_cli.ipfs.content import is_rpc, private_reach
from deml_cli.ipfs.credentials import find_token
from deml_cli.ipfs.errors import PinFailed, PinPending
from deml_cli.ipfs.kubo import Kubo
from deml_cli.ipfs.pinning_service import PinningService
from deml_cli.ipfs.pins import Pin, Pinner, PinState

_PAUSES: Final = (1.0, 1.0, 2.0, 3.0, 5.0, 10.0)
"""Seconds between two looks at a pin, the last one again and again: services take minutes, and count requests."""


class Place(StrEnum):
    """Where a file may be pinned."""

    NODE = "node"
    SERVICE = "service"


def pinner(config: Config, place: Place | None) -> Pinner:
    """Make the profile's pinning service, or the node; unless told, the service where there is one.

    Raises
    ------
    NotConfigured, TokenInTheClear, BadServiceUrl
    """
    url = config.get("pinning_url")
    if place is Place.NODE or (place is None and url is None):
        return _required_node(config)
    endpoint = config.require("pinning_url")
    node = _node(config)
    return PinningService(
        endpoint,
        lambda: find_token(endpoint),
        private_reach(config),
        origins=tuple if node is None else lambda: _addresses(node),
        connect=(lambda _: None) if node is None else lambda address: _connect(node, address),
    )


def wait_until_pinned(
    at: Pinner, pin: Pin, seconds: int, report: Callable[[Pin], None], sleep: Callable[[float], None] = time.sleep
) -> Pin:
    """Look again and again until a file is pinned.

    Raises
    ------
    PinFailed
    PinPending
        If it takes longer than `seconds`; the service goes on.
    """
    waited, look = 0.0, 0
    while pin.state is not PinState.PINNED:
        if pin.state is PinState.FAILED:
            raise PinFailed(pin.cid, at.name, pin.details or "no reason given")
        if waited >= seconds:
            raise PinPending(pin.cid, at.name, seconds, pin.state)
        pause = _PAUSES[min(look, len(_PAUSES) - 1)]
        sleep(pause)
        waited, look = waited + pause, look + 1
        pin = at.look(pin)
        report(pin)
    return pin


def _node(config: Config) -> Kubo | None:
    url = config.get("ipfs_url")
    return Kubo(url) if url is not None and is_rpc(url) else None


def _required_node(config: Config) -> Kubo:
    node = _node(config)
    if node is None:
        raise NotConfigured("pinning_url", "which pinning service to use", config.profile, "DEML_PINNING_URL")
    return node


def _addresses(node: Kubo) -> list[str]:
    """Addresses of the node; only a hint, so a node that does not answer is no failure."""
    with suppress(Unavailable):
        return node.addresses()
    return []


def _connect(node: Kubo, address: str) -> None:
    with suppress(Unavailable):
        node.connect(address)
