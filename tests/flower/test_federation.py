"""Three SuperNodes, a SuperLink and an app that knows Flower only, paid by a market: a campaign of two rounds."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from deml.base.states import Ending
from deml_devnet import operation, supervisor
from deml_devnet.layout import Layout
from deml_devnet.options import DevnetOptions
from deml_sdk import Client
from deml_sdk.campaigns.rounds import StartedFrom
from tests.flower.federation import EXAMPLE, Federation, paid_app

HOSPITALS = ("client1", "client2", "client3")
REWARD = "100"
ROUNDS = 2


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a running devnet and the example's files."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DEML_DEVNET_DIR", raising=False)
    layout = Layout(tmp_path / ".deml" / "devnet")
    try:
        supervisor.up(DevnetOptions(block_seconds=0).anywhere(), layout)
        subprocess.run([sys.executable, EXAMPLE / "files.py"], cwd=tmp_path, check=True)
        yield tmp_path
    finally:
        supervisor.down(layout)


@pytest.fixture
def federation(place: Path) -> Iterator[Federation]:
    made = Federation(place)
    try:
        yield made
    finally:
        made.end()


def pass_until(moment: int) -> None:
    operation.set_time(moment)
    operation.mine(2)


def play_round(federation: Federation, reader: Client, job_id: int) -> None:
    """Take a round's job through its phases, as the programs are done with each."""

    def mine() -> None:
        operation.mine(1)

    federation.until(lambda: len(reader.jobs()) >= job_id, mine)
    terms = reader.job(job_id).terms
    federation.until(lambda: reader.job(job_id).committed == len(HOSPITALS), mine)
    pass_until(terms.commit_until + 1)
    federation.until(lambda: reader.job(job_id).data_cid is not None, mine)
    pass_until(terms.holdout_until + 1)
    federation.until(lambda: reader.job(job_id).declared == len(HOSPITALS), mine)
    pass_until(terms.declare_until + 1)
    federation.until(lambda: reader.job(job_id).ended, mine)


def accuracy(weights: np.ndarray, bias: np.ndarray, file: Path) -> float:
    with np.load(file) as found:
        return float(np.mean(np.argmax(found["x"] @ weights.T + bias, axis=1) == found["y"]))


def test_three_supernodes_are_paid_for_two_rounds_of_one_campaign(place: Path, federation: Federation):
    devnet = place / ".deml/devnet/deployment.json"
    campaign = place / "campaign"
    with Client.of_devnet(devnet, account="sponsor", home=place / "sponsor") as sponsor:
        sponsor.new_campaign(
            campaign, job_file=EXAMPLE / "job.toml", data=place / "rows.csv", rounds=ROUNDS, budget="600", seed=7
        )
    federation.start_link()
    for number, name in enumerate(HOSPITALS, start=1):
        federation.start_python(f"keeper-{name}", str(EXAMPLE / "keeper.py"), name)
        rows, folder = place / f"rows-{number}.npz", place / name / "updates"
        federation.start_node(f"node-{name}", {"rows": str(rows), "deml-folder": str(folder)})
    with Client.of_devnet(devnet) as reader:
        token = reader.token_address
        before = {name: reader.balance(token, account_of(devnet, name)) for name in HOSPITALS}
        federation.run_app(
            paid_app(place),
            {
                "save": str(place / "model.npz"),
                "deployment": str(devnet),
                "home": str(place / "sponsor"),
                "campaign": str(campaign),
            },
        )
        for job_id in range(1, ROUNDS + 1):
            play_round(federation, reader, job_id)
        federation.until(lambda: federation.ended("run"), lambda: operation.mine(1), may_end="run")
        operation.finish_epoch()
        pay = ROUNDS * reader.amount(token, REWARD)
        paid = dict.fromkeys(HOSPITALS, pay)
        federation.until(
            lambda: (
                {name: reader.balance(token, account_of(devnet, name)) - before[name] for name in HOSPITALS} == paid
            ),
            lambda: operation.mine(1),
            may_end="run",
        )
        found = reader.campaign(1)

    assert [one.job_id for one in found.rounds] == [1, 2]
    assert [one.terms.previous_job for one in found.rounds] == [0, 1]
    assert [one.ending for one in found.rounds] == [Ending.SETTLED, Ending.SETTLED]
    assert [one.origin for one in found.rounds] == [None, StartedFrom.OWN], "the second starts from Flower's mean"
    first, second = (one.terms.baseline for one in found.rounds)
    assert first < second < min(one.score for one in found.rounds[1].verified)
    with np.load(place / "model.npz") as learnt:
        assert accuracy(np.zeros((10, 64)), np.zeros(10), place / "unseen.npz") < 0.2
        assert accuracy(learnt["coef"], learnt["intercept"], place / "unseen.npz") > 0.8

    assert federation.said("run").count("its model was bought") == ROUNDS * len(HOSPITALS)
    contacts = [line.split() for line in federation.contacts.read_text().splitlines()]
    assert {word for word, _, _ in contacts} == {"watched", "loopback"}, "nothing of Flower's asks the outside world"
    watched = {program for word, program, _ in contacts if word == "watched"}
    assert {"flower-superlink", "flower-supernode", "flwr", "flwr-serverapp", "flwr-clientapp", "keeper.py"} <= watched


def account_of(devnet: Path, name: str) -> str:
    with Client.of_devnet(devnet, account=name) as client:
        return client.account


def test_the_page_shows_the_lines_that_are_run():
    page = (EXAMPLE.parents[1] / "flower.md").read_text(encoding="utf-8")
    assert f"```diff\n{(EXAMPLE / 'paid.diff').read_text(encoding='utf-8')}```" in page
