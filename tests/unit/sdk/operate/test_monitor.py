"""A monitor goes on through outages, notices what is kept from it, and says what it knows in OpenMetrics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from deml.base.types import ETHER, Address, Timestamp
from deml.wire.abi import encode_values
from deml_sdk.chain import contracts
from deml_sdk.chain.connection import connect
from deml_sdk.chain.contracts import EVM_ADVANCE
from deml_sdk.chain.ethereum import Chain
from deml_sdk.chain.logs import MAX_BLOCKS, read_logs
from deml_sdk.chain.transactions import Block
from deml_sdk.errors import BadAnswer, CallFailed
from deml_sdk.node.client import NodeClient
from deml_sdk.operate.exposition import text
from deml_sdk.operate.figures import ChainFigures, Figures, NodeFigures, TokenFigures
from deml_sdk.operate.monitor import Monitor
from tests.support.deployment import DEPLOYMENT
from tests.support.fake_chain import APP, CONSENSUS, INPUT_BOX, PORTAL, FakeChain
from tests.support.fake_services import RpcFailure, Services

BOX = "0x" + "00" * 12 + APP[2:]


def log(emitter: Address, topic: str, topics: list[str], data: bytes, block: int) -> dict[str, Any]:
    place = {"blockNumber": hex(block), "blockHash": "0x0b", "transactionHash": "0x07", "logIndex": "0x0"}
    return {"address": emitter, "topics": [topic, *topics], "data": "0x" + data.hex(), **place}


def added(index: int, block: int) -> dict[str, Any]:
    raw = EVM_ADVANCE.encode((31337, APP, "0x" + "0c" * 20, block, 100, 7, index, b"nonsense"))
    return log(INPUT_BOX, contracts.INPUT_ADDED_TOPIC, [BOX, hex(index)], encode_values(["bytes"], [raw]), block)


def claimed(last: int, root: bytes, block: int) -> dict[str, Any]:
    return log(CONSENSUS, contracts.CLAIM_ACCEPTED, [BOX], encode_values(["uint256", "bytes32"], [last, root]), block)


class Told:
    """A chain of ten blocks with these events, and a node that has run as many inputs."""

    def __init__(self, services: Services, fake: FakeChain) -> None:
        self.events: list[dict[str, Any]] = []
        self.asked: list[tuple[int, int]] = []
        self.most = 10**9
        fake.say(APP, contracts.OWNER, ETHER)
        fake.say(APP, contracts.VALIDATOR, CONSENSUS)
        fake.say(APP, contracts.DEPLOYED_AT, 1)
        fake.say(CONSENSUS, contracts.OWNER, "0x" + "0d" * 20)
        fake.say(CONSENSUS, contracts.EPOCH_LENGTH, 4)
        fake.say(INPUT_BOX, contracts.NUMBER_OF_INPUTS, 2)
        services.methods |= {
            "eth_getLogs": self._logs,
            "cartesi_getProcessedInputCount": lambda _: {"data": "0x0"},
            "cartesi_getApplication": lambda _: {"data": {"state": "INOPERABLE"}},
        }
        self.chain = Chain(connect(services.url), APP, PORTAL)
        self.node = NodeClient(services.url, APP)
        self.monitor = Monitor(lambda: self.chain, lambda: self.node, DEPLOYMENT)

    def _logs(self, given: list[Any]) -> list[dict[str, Any]]:
        first, last = (int(given[0][name], 16) for name in ("fromBlock", "toBlock"))
        if last - first >= self.most:
            raise RpcFailure(-32005, "too many blocks")
        self.asked.append((first, last))
        wanted = [one for one in self.events if first <= int(one["blockNumber"], 16) <= last]
        return [one for one in wanted if one["topics"][0] in given[0]["topics"][0]]


@pytest.fixture
def told(services: Services) -> Told:
    return Told(services, FakeChain(services))


def test_inputs_are_run_claims_compared_and_a_node_that_gave_up_is_told(told: Told):
    told.events = [added(0, 2), added(1, 5), claimed(3, b"\x66" * 32, 6)]
    chain, node = (found := told.monitor.look()).chain, found.node
    assert chain is not None
    assert node is not None
    assert (chain.replayed, chain.wrong, chain.right, chain.unclaimed) == (2, 1, 0, 1)
    assert (node.behind, node.enabled, node.differs) == (2, False, None)


@pytest.mark.parametrize("gone", ["chain", "node"])
def test_an_outage_keeps_what_was_known_and_says_which_service_is_gone(services: Services, told: Told, gone: str):
    told.events = [added(0, 2)]
    before = told.monitor.look()
    services.dead.add(gone)
    during = told.monitor.look()
    assert during.up[gone] is False
    assert (during.chain, during.node) == (before.chain, before.node)
    services.dead.clear()
    assert all(told.monitor.look().up.values())


def test_a_start_without_any_service_has_nothing_but_that_to_tell(services: Services, told: Told):
    services.dead |= {"chain", "node"}
    found = told.monitor.look()
    assert (found.chain, found.node, dict(found.up)) == (None, None, {"chain": False, "node": False})
    assert values(found) == {("deml_up", "chain"): 0, ("deml_up", "node"): 0}


def test_an_input_kept_from_the_monitor_is_noticed_and_nothing_is_run_twice(told: Told):
    told.events = [added(0, 2), added(2, 5)]
    found = told.monitor.look()
    assert (found.up["chain"], found.chain) == (False, None)
    told.events.insert(1, added(1, 4))
    chain = told.monitor.look().chain
    assert chain is not None
    assert chain.replayed == 3


@pytest.mark.parametrize("most", [1, 3, 7, 10**9])
def test_events_are_read_once_each_whatever_range_a_service_takes(told: Told, most: int):
    told.events = [added(number, 3 * number) for number in range(20)]
    told.most = most
    found = list(read_logs(told.chain, [INPUT_BOX], [contracts.INPUT_ADDED_TOPIC], 5, 40))
    assert [one.block for one in found] == [block for block in range(0, 60, 3) if 5 <= block <= 40]
    covered = [block for first, last in told.asked for block in range(first, last + 1)]
    assert covered == list(range(5, 41))


def test_long_histories_are_read_in_ranges(told: Told):
    list(read_logs(told.chain, [INPUT_BOX], [contracts.INPUT_ADDED_TOPIC], 1, 2 * MAX_BLOCKS + 1))
    assert told.asked == [(1, MAX_BLOCKS), (MAX_BLOCKS + 1, 2 * MAX_BLOCKS), (2 * MAX_BLOCKS + 1,) * 2]


def test_a_service_that_answers_for_no_block_at_all_is_told(told: Told):
    told.most = 0
    with pytest.raises(CallFailed):
        list(read_logs(told.chain, [INPUT_BOX], [contracts.INPUT_ADDED_TOPIC], 1, 9))


@pytest.mark.parametrize("spoil", [lambda one: one.pop("data"), lambda one: one.update(data=7)])
def test_events_that_cannot_be_read_are_the_services_failure(told: Told, spoil: Callable[[dict[str, Any]], object]):
    event = added(0, 2)
    spoil(event)
    told.chain.rpc = lambda *_: [event]  # type: ignore[method-assign]
    with pytest.raises(BadAnswer):
        list(read_logs(told.chain, [INPUT_BOX], [contracts.INPUT_ADDED_TOPIC], 1, 9))


def values(figures: Figures) -> dict[tuple[str, ...], float]:
    """Samples of an exposition, by name and values of labels in the order of their names, but for the look's time."""
    families = text_string_to_metric_families(text(figures).decode())
    samples = [one for family in families for one in family.samples]
    found = {(one.name, *(value for _, value in sorted(one.labels.items()))): one.value for one in samples}
    return {name: value for name, value in found.items() if name[0] != "deml_last_look_timestamp_seconds"}


def test_what_is_known_is_exposed():
    block = Block(7, Timestamp(70), "0x")
    tokens = {ETHER: TokenFigures(10**20, {"escrow": 10**20, "stake": 1, "balance": 0, "voucher": 0})}
    chain = ChainFigures(block, block, 9, 8, 5, 1, 2, 3, True, 4, {"commit": 6, "ended": 1}, 77, 2, 1, tokens)
    found = values(Figures(chain, NodeFigures(9, 0, True, False), {"chain": True, "node": True}, 5.0))
    assert found["deml_claims", "wrong"] == 1
    assert found["deml_shortfall", ETHER] == 1
    assert found["deml_owed", "stake", ETHER] == 1
    assert found["deml_jobs", "commit"] == 6
    assert found["deml_node_differs",] == 0
    assert {name[0] for name in found} >= {"deml_inputs_behind", "deml_epochs_unclaimed", "deml_reserved_bytes"}
