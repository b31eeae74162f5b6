"""Long-running commands, typed as a user would, while their services are killed and come back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deml.base.inputs import Accept
from tests.support.outages import meanwhile
from tests.support.party import opened
from tests.support.served_world import ServedWorld, bodies
from tests.unit.conftest import Run


@pytest.fixture(autouse=True)
def wallet(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEML_WALLET", "client1")


@pytest.mark.parametrize("service", ["chain", "node"])
def test_watch_without_job_numbers(
    served: ServedWorld, deml: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, service: str
):
    sponsor = served.client("sponsor", tmp_path)
    job_id = opened(sponsor, served.world)
    anna = served.client("client1", tmp_path)
    anna.send(anna.accept(job_id))
    served.services.dead.add(service)

    def act(count: int) -> None:
        if count == 3:
            served.services.dead.clear()
        if count == 5:
            raise KeyboardInterrupt

    meanwhile(monkeypatch, act)
    done = deml("watch", "--yes", "--json")
    assert done.exit_code == 130
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert any(one["event"] == "failed" and "Waiting for it since" in one["text"] for one in events)
    assert any("waiting for your model" in one["text"] for one in events), done.output
    assert all(one["error"]["code"] == "SERVICE_UNREACHABLE" for one in events if one["event"] == "failed")


def test_notices_that_are_followed(served: ServedWorld, deml: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    sponsor, anna = served.client("sponsor", tmp_path), served.client("client1", tmp_path)
    job_id = opened(sponsor, served.world)

    def act(count: int) -> None:
        if count == 1:
            served.services.dead.add("node")
        if count == 3:
            served.services.dead.clear()
            anna.send(anna.accept(job_id))
        if count == 5:
            raise KeyboardInterrupt

    meanwhile(monkeypatch, act)
    done = deml("notices", "--follow", "--json", "--wide")
    assert done.exit_code == 130
    assert [json.loads(line)["type"] for line in done.stdout.splitlines()] == ["JobCreated", "Accepted"]
    assert "The node at" in done.stderr
    assert "Waiting for it since" in done.stderr
    assert "It is back after" in done.stderr


def test_a_deposit_whose_second_transaction_meets_an_outage(
    served: ServedWorld, deml: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    job_id = opened(served.client("sponsor", tmp_path), served.world)
    send = served.services.methods["eth_sendRawTransaction"]

    def dying(given: object) -> object:
        found = send(given)
        served.services.dead.add("chain")
        return found

    served.services.methods["eth_sendRawTransaction"] = dying
    meanwhile(monkeypatch, lambda count: served.services.dead.clear())
    done = deml("accept", str(job_id), "--yes", "--json", "--wide")
    assert done.exit_code == 0, done.output
    assert len([one for one in bodies(served.world, type(served.world.history[1].body)) if one.order]) == 2
    assert isinstance(served.world.history[1].body.order, Accept)
    assert "Waiting for it since" in done.stderr


def test_before_anything_is_sent_an_outage_ends_the_command(served: ServedWorld, deml: Run, tmp_path: Path):
    job_id = opened(served.client("sponsor", tmp_path), served.world)
    served.services.dead.add("node")
    done = deml("accept", str(job_id), "--yes")
    assert done.exit_code == 3
    assert "SERVICE_UNREACHABLE" in done.stderr
