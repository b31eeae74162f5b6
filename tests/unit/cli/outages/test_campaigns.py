"""`deml campaign run` to its end, while each of what it needs dies again and again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deml_sdk.client import Client
from tests.support import models
from tests.support.campaign_party import TICK, Unattended
from tests.support.fake_services import Services
from tests.support.outages import Disk, meanwhile, settings
from tests.support.served_world import ServedWorld
from tests.unit.conftest import Run

BRINGS = {number: {"client1": models.model(60 + 10 * number).file} for number in (1, 2)}


@pytest.mark.parametrize("service", ["chain", "node", "ipfs", "disk"])
def test_a_campaign_goes_on(
    services: Services, deml: Run, disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, service: str
):
    served = ServedWorld(services)
    settings(monkeypatch, served)
    party = Unattended(served, tmp_path, rounds=2)
    monkeypatch.setattr(Client, "vouchers", lambda *_: iter(()))

    def act(count: int) -> None:
        """Every third look finds the service dead; in between, the clients do what is due for them."""
        served.world.wait(TICK)
        services.dead.clear()
        party.take_part(BRINGS)
        if count % 3 == 1:
            services.dead.add(service)

    services.dead.add(service)
    meanwhile(monkeypatch, act, most=200)
    done = deml("campaign", "run", party.folder, "--yes", "--json", "--wallet", "sponsor")
    assert done.exit_code == 0, done.output
    told = [json.loads(line) for line in done.stdout.splitlines()]
    assert party.jobs() == [1, 2]
    assert [one["text"] for one in told if one["event"] == "campaignover"] == [
        "The campaign is over: all rounds are over."
    ]
    assert any(one["event"] in ("notyetopened", "failed") for one in told), "the outage was not told"
    assert [one for one in served.world.history if not one.accepted] == []
