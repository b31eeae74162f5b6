"""`deml declare` sends no least pay that nobody chose: it proposes one to people, and scripts must say it."""

from __future__ import annotations

from pathlib import Path

import pytest

from deml.base.inputs import Declare
from deml_cli.render import Render
from deml_sdk.client import Client
from tests.support import models
from tests.support.deployment import DEPLOYMENT
from tests.support.fake_services import Services
from tests.support.party import opened
from tests.support.served_world import ServedWorld, bodies
from tests.support.world import TOKEN
from tests.unit.conftest import Run

JOB = 1
PERCENT = 70
"""Half of the way from the baseline to the target: worth 500 of an escrow of 1,000."""


@pytest.fixture
def served(services: Services, home: Path, monkeypatch: pytest.MonkeyPatch) -> ServedWorld:
    """A world of one job, open to `client1`, whose command line is set up."""
    found = ServedWorld(services)
    for name, value in {
        "RPC_URL": services.url,
        "NODE_URL": services.url,
        "APP_ADDRESS": found.world.app,
        "ERC20_PORTAL": DEPLOYMENT.erc20_portal,
        "SAFE_TRANSFER": DEPLOYMENT.safe_transfer,
        "TOKEN": TOKEN,
        "WALLET": "client1",
    }.items():
        monkeypatch.setenv(f"DEML_{name}", value)
    monkeypatch.setattr(Client, "content", found.files)
    return found


@pytest.fixture
def committed(served: ServedWorld, deml: Run, tmp_path: Path) -> ServedWorld:
    """The job's model is committed to without a least pay, and its holdout is revealed."""
    sponsor = served.client("sponsor", tmp_path)
    assert opened(sponsor, served.world) == JOB
    assert deml("accept", JOB, "--yes").exit_code == 0
    (tmp_path / "model.safetensors").write_bytes(models.model(PERCENT).file)
    done = deml("commit", JOB, tmp_path / "model.safetensors", "--yes")
    assert done.exit_code == 0, done.output
    assert "'deml watch' cannot" in " ".join(done.output.split())
    served.world.wait(601)
    served.world.wait(served.finality)
    sponsor.send(sponsor.reveal(JOB))
    sponsor.share_holdout(JOB)
    served.world.wait(600)
    return served


def test_without_a_choice_a_script_declares_nothing(committed: ServedWorld, deml: Run):
    done = deml("declare", JOB, "--yes")
    assert done.exit_code == 1
    assert "MIN_PAY_NOT_CHOSEN" in done.stderr
    assert bodies(committed.world, Declare) == []


@pytest.mark.parametrize(("said", "least"), [(["--no-min-pay"], 0), (["--min-pay", "0"], 0), (["--min-pay", "70"], 70)])
def test_a_script_says_it(committed: ServedWorld, deml: Run, said: list[str], least: int):
    done = deml("declare", JOB, *said, "--yes")
    assert done.exit_code == 0, done.output
    assert [one.min_pay for one in bodies(committed.world, Declare)] == [least]


def test_to_say_both_is_an_error(committed: ServedWorld, deml: Run):
    done = deml("declare", JOB, "--min-pay", "70", "--no-min-pay", "--yes")
    assert done.exit_code == 2
    assert bodies(committed.world, Declare) == []


@pytest.mark.parametrize(("answer", "least"), [("\n", 50), ("0\n", 0), ("120\n", 120)])
def test_a_person_is_shown_both_sides_and_a_proposal(
    committed: ServedWorld, deml: Run, monkeypatch: pytest.MonkeyPatch, answer: str, least: int
):
    monkeypatch.setattr(Render, "can_ask", True)
    done = deml("declare", JOB, "--yes", input=answer)
    assert done.exit_code == 0, done.output
    assert "Without a minimum" in done.stdout
    assert "What a minimum costs" in done.stdout
    assert "(50)" in done.stderr
    assert [one.min_pay for one in bodies(committed.world, Declare)] == [least]


def test_watch_declares_nothing_and_says_what_is_missing(committed: ServedWorld, deml: Run):
    done = deml("watch", JOB, "--once", "--yes")
    assert done.exit_code == 0, done.output
    assert "--min-pay AMOUNT" in done.output
    assert bodies(committed.world, Declare) == []


def test_watch_declares_what_was_chosen_when_it_was_committed(served: ServedWorld, deml: Run, tmp_path: Path):
    sponsor = served.client("sponsor", tmp_path)
    opened(sponsor, served.world)
    deml("accept", JOB, "--yes")
    (tmp_path / "model.safetensors").write_bytes(models.model(PERCENT).file)
    deml("commit", JOB, tmp_path / "model.safetensors", "--min-pay", "40", "--yes")
    served.world.wait(631)
    sponsor.send(sponsor.reveal(JOB))
    sponsor.share_holdout(JOB)
    served.world.wait(600)
    done = deml("watch", JOB, "--once", "--yes")
    assert done.exit_code == 0, done.output
    assert [one.min_pay for one in bodies(served.world, Declare)] == [40]
