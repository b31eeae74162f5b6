"""A monitor goes on through outages, notices what is kept from it, and says what it knows in OpenMetrics."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from deml.base.types import ETHER, Timestamp
from deml.shell.application import Application
from deml_sdk.chain import contracts
from deml_sdk.chain.logs import MAX_BLOCKS, read_logs
from deml_sdk.chain.transactions import Block
from deml_sdk.errors import BadAnswer, CallFailed
from deml_sdk.operate.exposition import text
from deml_sdk.operate.figures import ChainFigures, Figures, NodeFigures, TokenFigures
from tests.support.fake_chain import INPUT_BOX, FakeChain
from tests.support.fake_services import Services
from tests.support.watched_market import Told, added, claimed


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


def test_each_false_claim_is_named_once_by_its_block_and_both_roots(services: Services, told: Told):
    told.events = [added(0, 2), claimed(3, b"\x66" * 32, 6)]
    told.monitor.look()
    told.monitor.look()
    (said,) = told.warnings.texts
    (right,) = re.findall(r"inputs lead to 0x([0-9a-f]{64})\.", said)
    assert "for block 3 " in said
    assert "66" * 32 in said
    true = Told(services, FakeChain(services))
    true.events = [added(0, 2), claimed(3, bytes.fromhex(right), 6)]
    chain = true.monitor.look().chain
    assert chain is not None
    assert (chain.right, chain.wrong, true.warnings.texts) == (1, 0, [])


@pytest.mark.injects_bugs
def test_an_input_that_met_a_bug_is_named(told: Told, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> None:
        raise RuntimeError("injected")

    told.events = [added(0, 2), added(1, 5)]
    monkeypatch.setattr(Application, "_apply", fail)
    told.monitor.look()
    told.monitor.look()
    assert [re.findall(r"Input (\d+) met a bug", one) for one in told.warnings.texts] == [["0"], ["1"]]


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
