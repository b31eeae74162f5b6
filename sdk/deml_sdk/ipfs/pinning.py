"""Who pins, and waiting until a pin is done."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from typing import Final

from deml.ipld import Cid
from deml_sdk.errors import Unavailable
from deml_sdk.ipfs.credentials import find_token
from deml_sdk.ipfs.errors import NoPinner, PinFailed, PinPending
from deml_sdk.ipfs.kubo import Kubo
from deml_sdk.ipfs.lasting import OUTAGES
from deml_sdk.ipfs.pinning_service import PinningService
from deml_sdk.ipfs.pins import Pin, Pinner, PinState
from deml_sdk.ipfs.settings import IpfsSettings
from deml_sdk.outages import once_begun, waited_for
from deml_sdk.progress import SILENT, Observer

_PAUSES: Final = (1.0, 1.0, 2.0, 3.0, 5.0, 10.0)
"""Seconds between two looks at a pin, the last one again and again: services take minutes, and count requests."""


class PinningPlace(StrEnum):
    """Where a file may be pinned."""

    NODE = "node"
    SERVICE = "service"


def pinner(settings: IpfsSettings, place: PinningPlace | None) -> Pinner:
    """Make the pinning service, or the node; unless told, the service where there is one.

    Raises
    ------
    NoPinner, TokenInTheClear, BadServiceUrl
    """
    node = None if settings.node_url is None else Kubo(settings.node_url)
    endpoint = settings.pinning_url
    if endpoint is not None and place is not PinningPlace.NODE:
        return PinningService(
            endpoint,
            lambda: find_token(endpoint, settings.pinning_token),
            settings.egress,
            origins=(lambda _: ()) if node is None else lambda nearby: _addresses(node, nearby),
            connect=(lambda _: None) if node is None else lambda address: _connect(node, address),
        )
    if node is None or place is PinningPlace.SERVICE:
        raise NoPinner()
    return node


def have_pinned(at: Pinner, cid: Cid, name: str, report: Callable[[Pin], None], observer: Observer = SILENT) -> Pin:
    """Have a file pinned; once it is said how far that is, an outage is waited for, and the file asked for again.

    Raises
    ------
    PinFailed, PinningRefused, BadAnswer
    ServiceUnreachable
        If the pinner does not answer at all.
    """
    begun = False

    def heard(pin: Pin) -> None:
        nonlocal begun
        begun = True
        report(pin)

    return once_begun(lambda: at.pin(cid, name, heard), lambda: begun, observer, OUTAGES)


def wait_until_pinned(
    at: Pinner,
    pin: Pin,
    seconds: int,
    report: Callable[[Pin], None],
    sleep: Callable[[float], None] = time.sleep,
    observer: Observer = SILENT,
) -> Pin:
    """Look again and again until a file is pinned; while the service cannot be reached, too.

    Raises
    ------
    PinFailed
    PinPending
        If it takes longer than `seconds`; the service goes on.
    """
    waited, look = 0.0, 0
    since: float | None = None
    while pin.state is not PinState.PINNED:
        if pin.state is PinState.FAILED:
            raise PinFailed(pin.cid, at.name, pin.details or "no reason given")
        if waited >= seconds:
            raise PinPending(pin.cid, at.name, seconds, pin.state)
        pause = _PAUSES[min(look, len(_PAUSES) - 1)]
        sleep(pause)
        waited, look = waited + pause, look + 1
        try:
            pin = at.look(pin)
            since = None
        except Unavailable as error:
            if since is None:
                since = time.time()
                observer.note(waited_for(error, since))
        else:
            report(pin)
    return pin


def _addresses(node: Kubo, nearby: bool) -> list[str]:
    """Addresses of the node; only a hint, so a node that does not answer is no failure."""
    with suppress(Unavailable):
        return node.addresses(nearby=nearby)
    return []


def _connect(node: Kubo, address: str) -> None:
    with suppress(Unavailable):
        node.connect(address)
