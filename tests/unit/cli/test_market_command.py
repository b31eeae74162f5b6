"""Several Applications are one market: listed together, each job with its Application, also while a node is down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from deml.base.types import Address
from deml_cli.config import load_config
from deml_cli.page import page_settings
from deml_sdk.errors import BadAddress, NotGiven, Unavailable
from deml_sdk.marketplace import Marketplace
from deml_sdk.roles.several import Several
from tests.support.deployment import DEPLOYMENT, account
from tests.support.fake_services import Services, serving
from tests.support.party import opened
from tests.support.served_world import ServedWorld
from tests.support.world import TOKEN, World
from tests.unit.conftest import Run

NEWER = account(0xA2)


@pytest.fixture
def old(services: Services) -> ServedWorld:
    return ServedWorld(services)


@pytest.fixture
def new() -> Iterator[ServedWorld]:
    with serving() as services:
        yield ServedWorld(services, world=World(app=NEWER))


@pytest.fixture
def market(old: ServedWorld, new: ServedWorld, tmp_path: Path) -> Marketplace:
    for world in (old, new):
        sponsor = world.client("sponsor", tmp_path / world.world.app)
        opened(sponsor, world.world)
    return Marketplace(
        rpc_url=old.services.url,
        node_url=old.services.url,
        app_address=old.world.app,
        app_addresses=f"{NEWER}@{new.services.url}",
        erc20_portal=DEPLOYMENT.erc20_portal,
        token=TOKEN,
    )


def test_jobs_of_all_applications_are_listed_each_with_its_own(market: Marketplace, old: ServedWorld):
    with Several(market) as several:
        found = several.jobs()
        assert [(one.app, one.job.job_id, one.phase) for one in found.jobs] == [
            (old.world.app, 1, "commit"),
            (NEWER, 1, "commit"),
        ]
        assert found.unreached == ()
        assert several.jobs(sponsor=account(0x99)).jobs == ()


def test_a_node_that_is_down_is_told_and_the_others_are_listed(market: Marketplace, new: ServedWorld, old: ServedWorld):
    new.services.dead.add("node")
    with Several(market) as several:
        found = several.jobs()
        assert [one.app for one in found.jobs] == [old.world.app]
        assert [one.app for one in found.unreached] == [NEWER]
        old.services.dead.add("node")
        with pytest.raises(Unavailable):
            several.jobs()


@pytest.mark.parametrize("further", ["0x12", NEWER + "," + NEWER, "https://node.example"])
def test_a_list_that_is_none_is_refused(market: Marketplace, further: str):
    with pytest.raises(BadAddress):
        Several(Marketplace(app_address=market.app_address, app_addresses=further))
    with pytest.raises(NotGiven):
        Several(Marketplace())


def test_by_command(
    market: Marketplace, new: ServedWorld, home: Path, deml: Run, monkeypatch: pytest.MonkeyPatch, old: ServedWorld
):
    for name in ("rpc_url", "node_url", "app_address", "app_addresses", "erc20_portal", "token"):
        monkeypatch.setenv(f"DEML_{name.upper()}", str(market.get(name)))
    shown = json.loads(deml("market", "--phase", "commit", "--json").stdout)
    assert shown["applications"] == [old.world.app, NEWER]
    assert [(Address(one["app"]), one["job"]["jobId"]) for one in shown["jobs"]] == [(old.world.app, 1), (NEWER, 1)]
    assert "2 job(s) in 2 Application(s)" in deml("market").stdout
    assert json.loads(deml("market", "--phase", "ended", "--json").stdout)["jobs"] == []
    new.services.dead.add("node")
    assert f"Jobs of {NEWER} are not listed" in deml("market").stderr
    gone = json.loads(deml("market", "--json").stdout)["unreached"]
    assert [one["app"] for one in gone] == [NEWER]


def test_the_page_is_told_of_all_applications_and_their_nodes(
    market: Marketplace, home: Path, monkeypatch: pytest.MonkeyPatch
):
    del home
    monkeypatch.setenv("DEML_CHAIN_ID", "31337")
    for name in ("rpc_url", "node_url", "app_address", "erc20_portal", "token"):
        monkeypatch.setenv(f"DEML_{name.upper()}", str(market.get(name)))
    alone = page_settings(load_config(None, {}), None, "")
    assert (alone["appAddress"], "applications" in alone) == (market.app_address, False)
    monkeypatch.setenv("DEML_APP_ADDRESSES", f"{NEWER}@https://node.example/rpc, {account(0xA3)}")
    assert page_settings(load_config(None, {}), None, "") == {
        **alone,
        "applications": [
            {
                "appAddress": NEWER,
                "nodeUrl": "https://node.example/rpc",
                "inspectUrl": "https://node.example/inspect",
            },
            {"appAddress": account(0xA3), "nodeUrl": alone["nodeUrl"], "inspectUrl": alone["inspectUrl"]},
        ],
    }
