"""The exporter beside a node, the real contracts and a real Prometheus: a claim that is false is found, and alerts."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import requests

from deml.base.config import Deployment
from deml.base.inputs import Withdraw
from deml.base.types import Address, Amount
from deml.wire.inputs import encode
from deml_devnet.chain import abi, clock
from deml_devnet.chain.accounts import OPERATOR
from deml_sdk.chain import contracts
from deml_sdk.chain.connection import connect
from deml_sdk.chain.ethereum import Chain
from deml_sdk.node.client import NodeClient
from deml_sdk.operate.exposition import serve
from deml_sdk.operate.figures import ChainFigures, NodeFigures
from deml_sdk.operate.monitor import Monitor
from tests.integration.devnet.live_chain import EPOCH_LENGTH, LiveChain, eventually, live_chain

ROOT = Path(__file__).parents[3]
RULES = ROOT / "docker/compose/prometheus"
ANNA = 3


class Market(LiveChain):
    """A node that runs the dapp itself, and a monitor beside it."""

    def start(self) -> None:
        trusted = self.contracts.dapp_environment()
        self.run_node(dapp_command=[sys.executable, "-m", "deml"], dapp_environment={"DEML_DEPLOYMENT": trusted})
        self.app = Address(self.contracts.app_address)
        self.seen = Chain(connect(self.chain.url), self.app, Address(self.contracts.erc20_portal))
        self.asked = NodeClient(self.node_url, self.app)
        self.monitor = Monitor(lambda: self.seen, lambda: self.asked, Deployment(**json.loads(trusted)))

    def close(self) -> None:
        self.seen.close()
        self.asked.close()

    def deposit(self, amount: int) -> None:
        anna, token = self.accounts[ANNA], Address(self.contracts.token)
        self.chain.transact("mint", anna, token, abi.calldata("mint(address,uint256)", anna, amount))
        for call in self.seen.deposit_calls(anna, token, Amount(amount), b""):
            self.chain.transact(call.function, anna, call.to, call.data)

    def send(self, payload: bytes) -> None:
        call = self.seen.input_call(payload)
        self.chain.transact("add an input", self.accounts[ANNA], call.to, call.data)

    def finalise(self) -> None:
        clock.finalise(self.chain)

    def looked(self) -> tuple[ChainFigures, NodeFigures]:
        found = self.monitor.look()
        assert found.up == {"chain": True, "node": True}
        assert found.chain is not None
        assert found.node is not None
        return found.chain, found.node


@pytest.fixture
def market(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Market]:
    monkeypatch.setattr("tests.integration.devnet.live_chain.LiveChain", Market)
    with live_chain(tmp_path) as made:
        assert isinstance(made, Market)
        made.start()
        with closing(made):
            yield made


@pytest.mark.operator
def test_a_market_is_watched_and_a_false_claim_pages(market: Market, tmp_path: Path) -> None:
    token = Address(market.contracts.token)
    market.deposit(1_000)
    market.send(encode(Withdraw(token, Amount(300), market.accounts[ANNA])))
    market.send(b"nonsense")
    market.wait_processed(3)
    market.finalise()
    chain, node = market.looked()
    assert (chain.sent, chain.replayed, node.processed, node.behind) == (3, 3, 3, 0)
    assert (chain.right, chain.wrong, chain.unchecked, chain.bugs) == (0, 0, 0, 0)
    assert dict(chain.tokens[token].owed) == {"escrow": 0, "stake": 0, "balance": 700, "voucher": 300}
    assert (chain.tokens[token].held, chain.tokens[token].shortfall, chain.vouchers) == (1_000, 0, 1)
    assert (node.enabled, node.differs, chain.owned) == (True, False, market.seen.read(*_owner(market))[0] != _NOBODY)

    market.finish_epoch()
    market.finalise()
    chain, _ = market.looked()
    assert (chain.right, chain.wrong, chain.unclaimed) == (1, 0, 0)
    (voucher,) = market.asked.outputs(output_type="0x10321e8b")
    call = market.seen.execute_call(voucher.raw, market.asked.proof(voucher.index))
    market.chain.transact("execute", market.accounts[ANNA], call.to, call.data)
    market.finalise()
    chain, _ = market.looked()
    assert (chain.vouchers, chain.tokens[token].held, chain.tokens[token].shortfall) == (0, 700, 0)

    with exported(market) as port, prometheus(tmp_path / "prometheus", port) as watching:
        eventually(lambda: watching.value('deml_claims{verdict="right"}') == 1, "Prometheus scrapes the exporter")
        assert watching.value("deml_inputs_replayed") == 3
        assert watching.value(f'deml_held{{token="{token}"}}') == 700
        assert "FalseClaim" not in watching.firing()

        market.stop_node()
        market.listener.close()
        market.deposit(1)
        lie(market)
        eventually(lambda: "FalseClaim" in watching.firing(), "the false claim pages")
        eventually(lambda: watching.value("deml_up", service="node") == 0, "the node is told to be gone")
        assert watching.value("deml_up", service="chain") == 1


def test_inputs_wait_until_they_are_final_and_their_epoch_until_it_has_ended(market: Market) -> None:
    market.deposit(5)
    market.wait_processed(1)
    market.stop_node()
    market.listener.close()
    found = market.monitor.look().chain
    assert found is not None
    assert (found.replayed, found.wrong) == (0, 0)
    market.finalise()
    clock.mine(market.chain, EPOCH_LENGTH)
    market.finalise()
    found = market.monitor.look().chain
    assert found is not None
    assert (found.replayed, found.unclaimed) == (1, 1)


def lie(market: Market) -> None:
    """Have the Authority's owner claim, for the epoch of the last input, what its inputs do not lead to."""
    epoch = market.chain.latest_block().number // EPOCH_LENGTH
    last = (epoch + 1) * EPOCH_LENGTH - 1
    clock.mine(market.chain, last + 1 - market.chain.latest_block().number)
    claim = abi.calldata("submitClaim(address,uint256,bytes32)", market.app, last, b"\x66" * 32)
    market.chain.transact("claim", market.accounts[OPERATOR], market.contracts.authority, claim)
    market.finalise()


_NOBODY = "0x" + "00" * 20


def _owner(market: Market) -> tuple[Any, ...]:
    return "Application", market.app, contracts.OWNER


@contextmanager
def exported(market: Market) -> Iterator[int]:
    """Look again and again, as the command does, and serve what was found."""
    ended = Event()

    def look() -> None:
        while not ended.wait(0.05):
            market.monitor.look()

    looking = Thread(target=look)
    looking.start()
    server, thread = serve(lambda: market.monitor.figures, "127.0.0.1", 0)
    try:
        yield server.server_port
    finally:
        ended.set()
        server.shutdown()
        server.server_close()
        thread.join()
        looking.join()


class Prometheus:
    """What a running Prometheus answers."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}/api/v1"

    def ready(self) -> bool:
        try:
            return requests.get(f"{self._url}/status/buildinfo", timeout=10).status_code == 200
        except requests.ConnectionError:
            return False

    def value(self, query: str, **labels: str) -> float | None:
        chosen = ",".join(f'{name}="{value}"' for name, value in labels.items())
        expression = f"{query}{{{chosen}}}" if chosen else query
        found = requests.get(f"{self._url}/query", params={"query": expression}, timeout=10).json()["data"]["result"]
        return float(found[0]["value"][1]) if found else None

    def firing(self) -> set[str]:
        found = requests.get(f"{self._url}/alerts", timeout=10).json()["data"]["alerts"]
        return {one["labels"]["alertname"] for one in found if one["state"] == "firing"}


def listens(log: Path) -> str:
    """The port that Prometheus has been given, by what it says; empty before."""
    found = re.search(r'"Listening on" address=127\.0\.0\.1:(\d+)', log.read_text())
    return found[1] if found else ""


@contextmanager
def prometheus(folder: Path, exporter: int) -> Iterator[Prometheus]:
    """Run Debian's Prometheus with the repository's own configuration, but for where the exporter is and how often."""
    binary = shutil.which("prometheus")
    assert binary is not None
    folder.mkdir()
    shutil.copy(RULES / "rules.yml", folder)
    text = (RULES / "prometheus.yml").read_text().replace("exporter:9464", f"127.0.0.1:{exporter}")
    text, changed = re.subn(r"(scrape|evaluation)_interval: 15s", r"\1_interval: 1s", text)
    assert changed == 2
    (folder / "prometheus.yml").write_text(text)
    command = [
        *(binary, f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"),
        "--web.listen-address=127.0.0.1:0",
    ]
    said = folder / "log"
    with said.open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as running:
        try:
            eventually(lambda: listens(said) or running.poll() is not None, "Prometheus listens")
            assert running.poll() is None, said.read_text()
            found = Prometheus(int(listens(said)))
            eventually(found.ready, "Prometheus answers")
            yield found
        finally:
            running.terminate()
            running.wait(30)
