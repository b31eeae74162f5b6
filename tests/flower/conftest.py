"""Flower's own libraries warn of one another; it asks nobody whether there is a newer one, and tells nobody of us."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.fake_services import serving
from tests.support.served_world import ServedWorld

if TYPE_CHECKING:
    from tests.flower.in_process import PaidFederation

os.environ |= {"FLWR_TELEMETRY_ENABLED": "0", "FLWR_DISABLE_UPDATE_CHECK": "1"}


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("filterwarnings", "ignore:'click.utils:DeprecationWarning")


@pytest.fixture
def served() -> Iterator[ServedWorld]:
    with serving() as services:
        yield ServedWorld(services)


@pytest.fixture
def make(served: ServedWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., PaidFederation]:
    """Make a federation on a served market."""
    from tests.flower.in_process import PaidFederation  # Flower reads its settings when it is imported.

    return lambda **given: PaidFederation(served, tmp_path, monkeypatch, **given)
