"""`deml ipfs keep`: what people see, what scripts read, what becomes public, and which token goes where."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from deml_sdk.ipfs import keeping
from tests.support import models
from tests.support.course import BASELINE
from tests.support.fake_services import Services
from tests.support.ipfs_peers import Peer, serving_peer
from tests.support.outages import settings
from tests.support.pinning_stand_in import Service, serving_pins
from tests.support.served_world import ServedWorld
from tests.support.stages import Stage, StagedJob
from tests.unit.conftest import Run, told

INITIAL = str(models.model(BASELINE).cid)
HOLDOUT = str(models.holdout().cid)


@pytest.fixture
def served(services: Services, home: Path, monkeypatch: pytest.MonkeyPatch) -> ServedWorld:
    found = ServedWorld(services)
    settings(monkeypatch, found)
    return found


@pytest.fixture
def node(tmp_path: Path, served: ServedWorld, monkeypatch: pytest.MonkeyPatch) -> Iterator[Peer]:
    monkeypatch.setattr(keeping, "PAUSES", (0.0,))
    with serving_peer(tmp_path / "peer") as found:
        monkeypatch.setenv("DEML_IPFS_URL", found.rpc)
        yield found


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """The service of the profile in use."""
    with serving_pins() as found:
        found.token = "token-of-the-profile"
        monkeypatch.setenv("DEML_PINNING_URL", found.url)
        monkeypatch.setenv("DEML_PINNING_TOKEN", found.token)
        monkeypatch.setenv("DEML_IPFS_PRIVATE_NETWORKS", "127.0.0.0/8")
        yield found


@pytest.fixture
def other(deml: Run, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """The service of the profile ``filecoin``."""
    with serving_pins() as found:
        found.token = "token-of-filecoin"
        deml("config", "set", "filecoin.pinning_url", found.url)
        monkeypatch.setenv("DEML_PINNING_TOKEN_FILECOIN", found.token)
        yield found


def play(served: ServedWorld, home: Path, stage: Stage) -> StagedJob:
    found = StagedJob(served, home)
    found.until(stage)
    return found


def cells(done: str) -> dict[tuple[str, str], str]:
    return {(one["what"].partition(" of ")[0], one["place"]): one["state"] for one in json.loads(done)["files"]}


def kept(deml: Run, *arguments: str, code: int = 0) -> dict[tuple[str, str], str]:
    done = deml("ipfs", "keep", "1", "--json", *arguments)
    assert done.exit_code == code, done.stderr
    return cells(done.stdout)


@pytest.mark.usefixtures("own", "other", "node")
def test_all_that_a_job_needs_is_kept_at_all_places_and_a_second_run_asks_nothing(
    deml: Run,
    served: ServedWorld,
    home: Path,
    node: Peer,
    own: Service,
    other: Service,
):
    game = play(served, home, Stage.SETTLED)
    game.client("sponsor").share_holdout(1)
    game.client("client1").share_model(1)
    everywhere = {
        (what, place) for what in ("initial model", "holdout", "model") for place in ("node", "service", "filecoin")
    }
    assert kept(deml, "--check", code=1) == dict.fromkeys(everywhere, "missing")
    assert kept(deml, "--yes") == dict.fromkeys(everywhere, "pinned")
    assert kept(deml) == dict.fromkeys(everywhere, "pinned")
    assert kept(deml, "--check") == dict.fromkeys(everywhere, "pinned")
    for service in (own, other):
        assert [verb for verb, _ in service.asked].count("POST") == 3
    assert node.blocks.has(models.model(70).cid)


@pytest.mark.usefixtures("node", "other")
def test_it_asks_first_and_says_where_and_that_it_may_cost(deml: Run, served: ServedWorld, home: Path, own: Service):
    play(served, home, Stage.OPEN)
    done = deml("ipfs", "keep", "1")
    assert done.exit_code == 6
    assert "A pinning service may charge for this" in told(done)
    assert own.url in told(done)
    assert "POST" not in [verb for verb, _ in own.asked]


@pytest.mark.usefixtures("node", "own")
def test_what_this_machine_takes_for_a_secret_is_withheld_and_said_to_lack(
    deml: Run,
    served: ServedWorld,
    home: Path,
):
    play(served, home, Stage.REVEALED)
    done = deml("ipfs", "keep", "1", "--yes", "--json")
    assert done.exit_code == 1
    assert cells(done.stdout)["holdout", "service"] == "withheld"
    assert "Leave it to 'deml watch'" in told(done) + done.stdout


@pytest.mark.usefixtures("node")
def test_a_holdout_is_named_to_nobody_before_its_reveal_even_with_yes(
    deml: Run,
    served: ServedWorld,
    home: Path,
    own: Service,
    other: Service,
):
    play(served, home, Stage.COMMITTED)
    done = deml("ipfs", "keep", "1", "--yes", "--json")
    assert done.exit_code == 0
    assert "not revealed" in told(done)
    for service in (own, other):
        assert HOLDOUT not in json.dumps([service.asked, service.pins])
    assert HOLDOUT not in done.stdout


@pytest.mark.usefixtures("node", "own", "other")
def test_people_see_a_table_and_what_services_do_not_state(deml: Run, served: ServedWorld, home: Path, other: Service):
    play(served, home, Stage.OPEN)
    deml("ipfs", "keep", "1", "--yes")
    [pin] = other.pins.values()
    pin["info"] = {"expires": "2027-06-01", "synapse_piece_cid": "bafkzcib", "synapse_data_set_id": "9"}
    shown = " ".join(deml("ipfs", "keep", "1").stdout.split())
    assert "file cid node service filecoin" in shown
    assert "initial model filecoin 2027-06-01 not stated" in shown
    assert "initial model service not stated not stated" in shown
    assert "piece bafkzcib, data set 9, number ; no proof known" in shown
    assert "proved" not in shown


@pytest.mark.usefixtures("node", "own")
def test_the_exit_code_says_what_lacks_and_the_rest_is_kept(
    deml: Run,
    served: ServedWorld,
    home: Path,
    own: Service,
    other: Service,
    monkeypatch: pytest.MonkeyPatch,
):
    play(served, home, Stage.OPEN)
    other.answers = [(200, b"<html>")] * 100
    assert kept(deml, "--yes", code=3) == {
        ("initial model", "node"): "pinned",
        ("initial model", "service"): "pinned",
        ("initial model", "filecoin"): "away",
    }
    other.answers, other.token = [], "another"
    assert kept(deml, "--yes", code=4)["initial model", "filecoin"] == "failed"
    other.token, other.course = "token-of-filecoin", ("queued",)
    assert kept(deml, "--yes", "--timeout", "0", code=5)["initial model", "filecoin"] == "queued"


@pytest.mark.usefixtures("node")
def test_a_token_goes_to_its_own_service_alone_and_is_never_shown(
    deml: Run,
    served: ServedWorld,
    home: Path,
    own: Service,
    other: Service,
    monkeypatch: pytest.MonkeyPatch,
):
    play(served, home, Stage.OPEN)
    seen: dict[str, set[str]] = {}
    respond = Service.respond

    def watched(self: Service, verb: str, target: str, authorization: str, body: bytes) -> object:
        seen.setdefault(self.url, set()).add(authorization)
        return respond(self, verb, target, authorization, body)

    monkeypatch.setattr(Service, "respond", watched)
    done = deml("ipfs", "keep", "1", "--yes")
    assert seen == {own.url: {f"Bearer {own.token}"}, other.url: {f"Bearer {other.token}"}}
    monkeypatch.delenv("DEML_PINNING_TOKEN_FILECOIN")
    refused = deml("ipfs", "keep", "1", "--check", "--json")
    assert cells(refused.stdout)["initial model", "filecoin"] == "failed"
    assert f"Bearer {own.token}" not in seen[other.url]
    for shown in (done.stdout, done.stderr, refused.stdout, refused.stderr):
        assert "token-of" not in shown


@pytest.mark.usefixtures("node", "own", "other")
def test_places_are_chosen_by_name(deml: Run, served: ServedWorld, home: Path, own: Service, other: Service):
    play(served, home, Stage.OPEN)
    assert set(kept(deml, "--yes", "--at", "node", "--at", "filecoin")) == {
        ("initial model", "node"),
        ("initial model", "filecoin"),
    }
    assert own.asked == []
    assert json.loads(deml("ipfs", "keep", "1", "--at", "nowhere", "--json").stdout)["error"]["code"] == "BAD_SETTING"
    deml("config", "set", "empty.wallet", "x")
    assert json.loads(deml("ipfs", "keep", "1", "--at", "empty", "--json").stdout)["error"]["code"] == "NO_SUCH_PLACE"


def test_the_profile_for_filecoin_is_built_in_and_can_be_changed(deml: Run):
    found = {
        one["setting"]: one
        for one in json.loads(deml("config", "show", "--profile", "filecoin", "--json").stdout)["settings"]
    }
    assert (found["pinning_url"]["value"], found["pinning_url"]["source"]) == ("http://127.0.0.1:3000", "built in")
    assert deml("config", "set", "profile", "filecoin").exit_code == 0
    deml("config", "set", "filecoin.pinning_url", "http://127.0.0.1:4000")
    shown = json.loads(deml("config", "show", "--json").stdout)
    assert shown["profile"] == "filecoin"
    assert [one["value"] for one in shown["settings"] if one["setting"] == "pinning_url"] == ["http://127.0.0.1:4000"]
    assert deml("config", "set", "filecoin.filecoin_rpc_url", "https://x:secret@rpc.example.org").exit_code == 1


def test_a_filecoin_rpc_that_is_away_is_warned_about_once_and_the_pins_are_told(
    deml: Run, own: Service, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("DEML_FILECOIN_RPC_URL", "http://127.0.0.1:9/key")
    for _ in range(2):
        number = own.insert(INITIAL)
        own.pins[number]["info"] = {
            "synapse_piece_cid": "bafkzcib",
            "synapse_data_set_id": "1",
            "synapse_piece_id": "2",
        }
    done = deml("ipfs", "status", "--json")
    assert done.exit_code == 0, done.stderr
    assert [one["piece"]["proof"] for one in json.loads(done.stdout)] == [None, None]
    assert told(done).count("Proofs cannot be looked up") == 1
    assert "/key" not in done.stdout + done.stderr
