from __future__ import annotations

from pathlib import Path

import pytest

from deml_sdk.client import Client
from deml_sdk.market.posting.draft import Draft
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

    def draft(self: Client, _path: object) -> Draft:
        """A job of its own, however many there are."""
        return draft_for(self, found.world, rows=len(found.world.state.jobs), variant=len(found.world.state.jobs))

    monkeypatch.setattr(Client, "draft", draft)
    Path("model.safetensors").write_bytes(models.model(70).file)
    Path("fresh.safetensors").write_bytes(models.holdout(1).file)
    return found


@pytest.fixture
def disk(services: Services, monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch, services.dead)
