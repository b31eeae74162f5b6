"""The devnet as a whole, with the real dapp: up, again up, down, killed, and back with everything it had."""

from __future__ import annotations

import json
import signal
import socket
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
import requests

from deml.shell.deployment import CARTESI_2_2
from deml_devnet import operation, supervisor
from deml_devnet.chain import abi, anvil
from deml_devnet.chain.artifacts import load_artifact
from deml_devnet.chain.deployment import DevnetDeployment, load_deployment
from deml_devnet.chain.errors import AnvilMissing, ArtifactMissing
from deml_devnet.chain.local import LocalChain
from deml_devnet.errors import NoSuchLog, NotUp, OtherSettings, PortInUse, ServiceFailed
from deml_devnet.layout import SERVICES, Layout
from deml_devnet.options import DevnetOptions
from deml_sdk.chain.trust import NOBODY

OPTIONS = DevnetOptions(block_seconds=0, epoch_length=6)


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Layout]:
    made = Layout(tmp_path_factory.mktemp("devnet"))
    yield made
    supervisor.down(made)


@pytest.fixture
def net(layout: Layout) -> DevnetDeployment:
    """The devnet, brought up if it is not."""
    first = not layout.options.exists()
    return supervisor.up(OPTIONS.anywhere() if first else None, layout)


def deposit_ether(net: DevnetDeployment, wei: int) -> None:
    contracts = net.contracts
    with closing(LocalChain(net.rpc_url)) as chain:
        call = abi.calldata("depositEther(address,bytes)", contracts.app_address, b"")
        chain.transact("deposit", net.accounts["client1"], contracts.ether_portal, call, wei)


def balance(net: DevnetDeployment) -> int:
    """What the dapp owes the depositor, in wei."""
    path = f"{net.inspect_url}/{net.contracts.app_address}"
    answer = requests.post(path, data=f"accounts/{net.accounts['client1']}".encode(), timeout=10).json()
    assert answer["status"] == "Accepted"
    account = json.loads(bytes.fromhex(answer["reports"][0]["payload"][2:]))
    return sum(int(one["amount"]) for one in account["balances"])


def now(layout: Layout) -> int:
    head = operation.status(layout).head
    assert head is not None
    return head.timestamp


def test_it_comes_up_whole_and_says_where_everything_is(net: DevnetDeployment, layout: Layout):
    found = operation.status(layout)
    assert set(found.pids) == set(SERVICES)
    assert all(found.pids.values())
    assert (found.ready, found.deployment) == (True, net)
    written = load_deployment(layout.deployment)
    assert written == net
    for name in CARTESI_2_2.__slots__:
        assert getattr(net.contracts, name) == getattr(CARTESI_2_2, name)
    with closing(LocalChain(net.rpc_url)) as chain:
        assert chain.view(net.contracts.app_address, ["address"], "owner()") == (NOBODY,)
        token = net.contracts.token
        for name in ("sponsor", "client8"):
            assert chain.view(token, ["uint256"], "balanceOf(address)", net.accounts[name])[0] > 0


def test_up_again_changes_nothing(net: DevnetDeployment, layout: Layout):
    before = operation.status(layout).pids
    assert supervisor.up(None, layout) == net
    assert operation.status(layout).pids == before


def test_the_clock_can_be_turned(net: DevnetDeployment, layout: Layout):
    begun = now(layout)
    operation.advance_time(100_000, layout)
    assert begun + 100_000 <= now(layout) < begun + 101_000
    operation.set_time(begun + 200_000, layout)
    assert now(layout) == begun + 200_000
    operation.mine(3, layout)
    assert begun + 200_000 <= now(layout) < begun + 201_000


def test_state_and_clock_survive_down_and_up(net: DevnetDeployment, layout: Layout):
    owed = balance(net)
    deposit_ether(net, 7)
    epoch = operation.finish_epoch(layout)
    assert epoch == operation.status(layout).accepted_epoch
    assert balance(net) == owed + 7
    inputs = operation.status(layout).processed_inputs
    head = operation.status(layout).head
    supervisor.down(layout)
    assert not any(operation.status(layout).pids.values())
    assert not layout.deployment.exists()
    assert supervisor.up(None, layout) == net
    after = operation.status(layout)
    assert after.head == head
    assert (after.processed_inputs, after.accepted_epoch) == (inputs, epoch)
    assert balance(net) == owed + 7
    assert head is not None
    operation.mine(1, layout)
    assert head.timestamp <= now(layout) < head.timestamp + 1_000


def test_killed_processes_are_started_again(net: DevnetDeployment, layout: Layout):
    owed = balance(net)
    deposit_ether(net, 11)
    with suppress(ProcessLookupError):
        for name in ("node", "dapp", "blocks"):
            layout.service(name).signal(signal.SIGKILL)
    assert supervisor.up(None, layout) == net
    assert balance(net) == owed + 11


def test_every_process_has_a_log(net: DevnetDeployment, layout: Layout):
    assert any("serving" in line for line in operation.logs("node", layout=layout))
    assert any("ready" in line for line in operation.logs("dapp", layout=layout))
    with pytest.raises(NoSuchLog):
        operation.logs("nobody", layout=layout)


def test_options_that_contradict_a_running_devnet_are_refused(net: DevnetDeployment, layout: Layout):
    with pytest.raises(OtherSettings):
        supervisor.up(DevnetOptions(epoch_length=7), layout)
    with pytest.raises(OtherSettings):
        supervisor.up(DevnetOptions(chain_port=1), layout)


def test_what_is_not_up_says_so(tmp_path: Path):
    layout = Layout(tmp_path / "none")
    with pytest.raises(NotUp):
        operation.mine(1, layout)
    supervisor.down(layout)
    assert operation.status(layout).deployment is None


def test_a_taken_port_is_named(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortInUse) as caught:
            supervisor.up(DevnetOptions(chain_port=port), Layout(tmp_path))
    assert caught.value.port == port
    assert str(caught.value) == f"Port {port} cannot be listened on: Address already in use."


def test_a_dapp_that_cannot_start_is_told_of(tmp_path: Path):
    layout = Layout(tmp_path)
    try:
        with pytest.raises(ServiceFailed, match="DAPP_KEEPS_DYING"):
            supervisor.up(DevnetOptions(dapp_command=["/bin/false"]).anywhere(), layout)
    finally:
        supervisor.reset(layout)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["lock"]


def test_missing_tools_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(anvil, "NODE_MODULES", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AnvilMissing):
        anvil.find_anvil()
    with pytest.raises(ArtifactMissing):
        load_artifact(tmp_path, "InputBox")


def test_half_a_state_file_is_not_loaded(tmp_path: Path):
    whole = '{"block": {"timestamp": "0x10"}}'
    (tmp_path / "state.json").write_text(whole)
    (tmp_path / "written.json").write_text(whole[:20])
    assert "--load-state" in anvil.command_line(tmp_path, 1, 0)
    assert (tmp_path / "state.json").read_text() == whole
    (tmp_path / "written.json").write_text(whole.replace("0x10", "0x20"))
    assert "32" in anvil.command_line(tmp_path, 1, 0)
    assert "0x20" in (tmp_path / "state.json").read_text()
