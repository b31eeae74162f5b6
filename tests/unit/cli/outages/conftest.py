from __future__ import annotations

from pathlib import Path

import pytest

from deml_sdk.client import Client
from tests.support import models
from tests.support.fake_services import Services
from tests.support.outages import Disk, settings
from tests.support.party import draft_for
from tests.support.served_world import ServedWorld


@pytest.fixture
def served(services: Services, home: Path, monkeypatch: pytest.MonkeyPatch) -> ServedWorld:
    """A world that the command line is pointed at, with the files that it may be told to send."""
    found = ServedWorld(services)
    settings(monkeypatch, found)
    monkeypatch.setattr(Client, "draft", lambda self, _path: draft_for(self, found.world))
    Path("model.safetensors").write_bytes(models.model(70).file)
    return found


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)
