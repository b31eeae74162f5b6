"""Services that die for a while, and a disk that is full for a while, under commands that are typed."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import pytest

from deml_sdk.client import Client
from tests.support.deployment import DEPLOYMENT
from tests.support.fake_services import Services
from tests.support.served_world import REGISTRY, ServedWorld
from tests.support.world import TOKEN

SLEEPS = 100
"""More than any command here sleeps before what it waits for is back."""


def settings(monkeypatch: pytest.MonkeyPatch, served: ServedWorld) -> None:
    """Point the command line at a served world, by its environment."""
    values = {
        "RPC_URL": served.services.url,
        "NODE_URL": served.services.url,
        "APP_ADDRESS": served.world.app,
        "ERC20_PORTAL": DEPLOYMENT.erc20_portal,
        "SAFE_TRANSFER": DEPLOYMENT.safe_transfer,
        "MODEL_REGISTRY": REGISTRY,
        "TOKEN": TOKEN,
    }
    for name, value in values.items():
        monkeypatch.setenv(f"DEML_{name}", value)
    monkeypatch.setattr(Client, "content", served.files)


def meanwhile(monkeypatch: pytest.MonkeyPatch, act: Callable[[int], object], most: int = SLEEPS) -> None:
    """Do something instead of sleeping, which is done `most` times; the number of the sleep is told."""
    count = [0]

    def sleep(_seconds: float) -> None:
        count[0] += 1
        assert count[0] < most, "it waits for ever"
        act(count[0])

    monkeypatch.setattr(time, "sleep", sleep)


def revive_after(monkeypatch: pytest.MonkeyPatch, services: Services, sleeps: int) -> None:
    """Have what is dead come back after so many sleeps, none of which takes time."""
    meanwhile(monkeypatch, lambda count: services.dead.clear() if count == sleeps else None)


def kill_once(services: Services, method: str, service: str) -> None:
    """Let a service die while it answers the next call of a method."""
    answer = services.methods[method]

    def dying(given: object) -> object:
        services.methods[method] = answer
        found = answer(given)
        services.dead.add(service)
        return found

    services.methods[method] = dying


def failing(times: int, error: Exception, real: Callable[..., Any]) -> Callable[..., Any]:
    """What fails some times, and then does what it should."""
    left = [times]

    def act(*given: object, **named: object) -> Any:
        if left[0]:
            left[0] -= 1
            raise error
        return real(*given, **named)

    return act


class Disk:
    """Has no room for new files while it is `full`, or ``disk`` is among the dead."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, dead: Collection[str]) -> None:
        self.full = False
        move = os.replace

        def replace(source: str, target: Path) -> None:
            if self.full or "disk" in dead:
                raise OSError(errno.ENOSPC, "No space left on device")
            move(source, target)

        monkeypatch.setattr(os, "replace", replace)
