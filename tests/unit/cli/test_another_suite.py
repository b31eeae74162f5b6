"""Application and portal agree, and the dapp's image trusts neither: nothing is sent, not even for free."""

from __future__ import annotations

from pathlib import Path

import pytest

from deml_sdk.chain import contracts
from deml_sdk.client import Client
from deml_sdk.suites import CARTESI_3_0_ALPHA
from tests.support.fake_services import Services
from tests.support.party import opened
from tests.support.served_world import ServedWorld
from tests.support.world import TOKEN
from tests.unit.conftest import Run


def test_accept_sends_neither_approval_nor_deposit_nor_input(
    services: Services, deml: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    served = ServedWorld(services)
    job = opened(served.client("sponsor", tmp_path), served.world)
    suite, app = CARTESI_3_0_ALPHA, served.world.app
    served.say(suite.erc20_portal, contracts.INPUT_BOX, suite.input_box)
    served.say(app, contracts.DATA_AVAILABILITY, contracts.IN_INPUT_BOX.encode((suite.input_box,)))
    for name, value in {
        "RPC_URL": services.url,
        "NODE_URL": services.url,
        "APP_ADDRESS": app,
        "ERC20_PORTAL": suite.erc20_portal,
        "TOKEN": TOKEN,
        "WALLET": "client1",
    }.items():
        monkeypatch.setenv(f"DEML_{name}", value)
    monkeypatch.setattr(Client, "content", served.files)
    sent = len(services.calls("eth_sendRawTransaction"))
    done = deml("accept", job, "--yes")
    assert done.exit_code != 0
    assert "OTHER_SUITE" in done.stderr
    assert suite.name in done.stderr
    assert len(services.calls("eth_sendRawTransaction")) == sent
