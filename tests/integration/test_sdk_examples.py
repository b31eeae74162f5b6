"""What docs/sdk.md shows is run on a devnet: the reader, a whole job as two scripts, the same as a notebook."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from web3 import Web3
from web3.middleware import SignAndSendRawMiddlewareBuilder

from deml.base.types import NOTHING
from deml_devnet import operation, supervisor
from deml_devnet.layout import Layout
from deml_devnet.options import DevnetOptions
from deml_sdk import Client, Marketplace
from deml_sdk.wallet.wallets import DEVNET_ACCOUNTS

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
PAGE = EXAMPLES.parent / "sdk.md"
SECONDS = 240
"""Longest wait for the scripts at each of their steps; they take a few."""

MNEMONIC = "test test test test test test test test test test test junk"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a running devnet and the files of `files.py`, as the page says."""
    made = tmp_path_factory.mktemp("examples")
    layout = Layout(made / ".deml" / "devnet")
    try:
        supervisor.up(DevnetOptions(block_seconds=0).anywhere(), layout)
        subprocess.run([sys.executable, EXAMPLES / "files.py"], cwd=made, check=True)
        yield made
    finally:
        supervisor.down(layout)


@pytest.fixture
def here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(folder)
    monkeypatch.delenv("DEML_DEVNET_DIR", raising=False)
    use_another_holdout(folder / "holdout.csv")
    return folder


def use_another_holdout(file: Path) -> None:
    """Put the first row last: a holdout that a job has shown is refused."""
    header, first, *others = file.read_text("utf-8").splitlines()
    file.write_text("\n".join([header, *others, first]) + "\n", "utf-8")


class Script:
    """An example, run in a process of its own."""

    def __init__(self, folder: Path, name: str) -> None:
        self._log = folder / f"{name}.log"
        with self._log.open("w") as log:
            words = [sys.executable, str(EXAMPLES / f"{name}.py")]
            self.process = subprocess.Popen(words, cwd=folder, stdout=log, stderr=subprocess.STDOUT)

    @property
    def said(self) -> str:
        return self._log.read_text()


def pass_until(moment: int) -> None:
    operation.set_time(moment)
    operation.mine(2)


@pytest.mark.sandbox
def test_the_notebook_plays_a_whole_job_and_records_its_score(here: Path) -> None:
    document = json.loads((EXAMPLES / "marketplace.ipynb").read_text(encoding="utf-8"))
    names: dict[str, Any] = {"__name__": "__main__"}
    for cell in document["cells"]:
        assert cell.get("outputs", []) == [], "outputs belong to whoever runs it"
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), cell["id"], "exec"), names)
    found, recorded = names["found"], names["recorded"]
    assert (recorded.score, recorded.credited) == (found.score, found.credited)
    assert found.score > found.credited > names["terms"].baseline


@pytest.mark.sandbox
def test_two_scripts_play_a_whole_job_and_the_reader_lists_it(here: Path) -> None:
    with Client.of_devnet(here / ".deml/devnet/deployment.json") as reader:
        before = len(reader.jobs())
        scripts = [Script(here, name) for name in ("sponsor", "client")]
        try:
            turn_the_clock(reader, before + 1, scripts)
            codes = [one.process.wait(timeout=SECONDS) for one in scripts]
        finally:
            for one in scripts:
                one.process.kill()
                one.process.wait()
    said = [one.said for one in scripts]
    assert codes == [0, 0], "\n".join(said)
    assert "The model of 0x" in said[0]
    assert "Received " in said[1]
    assert "Failed(" not in "".join(said)
    listed = subprocess.run(
        [sys.executable, EXAMPLES / "reader.py"], cwd=here, capture_output=True, text=True, check=True
    ).stdout
    assert "Tell tumours apart" in listed
    assert "paid" in listed


def turn_the_clock(reader: Client, job_id: int, scripts: list[Script]) -> None:
    """Take a job through its phases as its scripts are done with each."""

    def until(reached: Callable[[], bool]) -> None:
        deadline = time.monotonic() + SECONDS
        while not reached():
            failed = [one.said for one in scripts if one.process.poll()]
            assert not failed, failed[0]
            assert time.monotonic() < deadline, "the scripts do not get on"
            operation.mine(1)
            time.sleep(0.2)

    until(lambda: len(reader.jobs()) >= job_id)
    terms = reader.job(job_id).terms
    until(lambda: reader.job(job_id).committed == 1)
    pass_until(terms.commit_until + 1)
    until(lambda: reader.job(job_id).data_cid is not None)
    pass_until(terms.holdout_until + 1)
    until(lambda: reader.job(job_id).declared == 1)
    pass_until(terms.declare_until + 1)
    until(lambda: reader.job(job_id).ended)
    operation.finish_epoch()


def test_a_callers_own_web3_takes_part(here: Path) -> None:
    """Its middleware signs; no wallet of ours is there, so the salt is random and lies in an encrypted file."""
    devnet = here / ".deml/devnet/deployment.json"
    marketplace = Marketplace.of_devnet(devnet)
    Account.enable_unaudited_hdwallet_features()
    account = Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{DEVNET_ACCOUNTS['client3']}")
    web3 = Web3(Web3.HTTPProvider(marketplace.require("rpc_url")))
    web3.middleware_onion.inject(SignAndSendRawMiddlewareBuilder.build(account), layer=0)
    web3.eth.default_account = account.address
    with (
        Client.of_devnet(devnet, account="sponsor", home=here / "web3" / "sponsor") as sponsor,
        Client(marketplace, web3=web3, home=here / "web3" / "own", password=lambda _: "a password") as own,
    ):
        job_id = sponsor.send(sponsor.post(sponsor.draft(here / "job.toml"))).job_id
        own.send(own.accept(job_id))
        own.send(own.commit(job_id, (here / "initial.safetensors").read_bytes(), NOTHING))
        assert own.account == account.address.lower()
        assert [one.client for one in own.job(job_id).clients] == [own.account]
        assert own.job(job_id).committed == 1
        assert len(list((here / "web3" / "own" / "salts").iterdir())) == 1


@pytest.mark.parametrize("name", ["reader.py", "sponsor.py", "client.py", "files.py"])
def test_the_page_shows_what_is_run(name: str) -> None:
    shown = PAGE.read_text(encoding="utf-8")
    assert f"```python\n{(EXAMPLES / name).read_text(encoding='utf-8')}```" in shown
