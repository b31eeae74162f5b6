"""Rounds of a federation as jobs of a campaign: honest ones, and what cheats, faults and deaths come to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from flwr.app import ArrayRecord, ConfigRecord, Context, Message, MetricRecord, RecordDict
from flwr.serverapp.strategy import FedAdam, FedMedian, FedProx, Krum, Strategy

from deml.base.inputs import Commit, Submit
from deml.base.states import Ending
from deml.scoring.safetensors import read_tensors
from deml_flower.matching import Fate
from deml_flower.receipt import Statement
from deml_flower.wire import RECORD
from tests.flower.in_process import Hospital, Make, arrays_for, fates, threshold_of
from tests.support.campaign_party import model_from
from tests.support.served_world import bodies


def test_each_round_is_a_job_and_the_strategy_averages_what_was_bought(make: Make):
    federation = make()
    federation.hospital("client1", {1: 60, 2: 53}, examples=1)
    federation.hospital("client2", {1: 70, 2: 52}, examples=3)
    result = federation.start()
    found = federation.party.sponsor().campaign(1)
    assert [one.terms.previous_job for one in found.rounds] == [0, 1]
    assert [one.ending for one in found.rounds] == [Ending.SETTLED] * 2
    assert found.rounds[0].terms.baseline < found.rounds[1].terms.baseline
    first = federation.party.sponsor().file(2, found.rounds[1].terms.initial_model_cid)
    mean = read_tensors(model_from(0.25 * 60 + 0.75 * 70))
    assert read_tensors(first) == mean, "the second starts from the mean by numbers of examples"
    assert threshold_of(result.arrays) == 0.25 * 53 + 0.75 * 52
    assert result.arrays["b"].numpy().dtype == np.float64
    assert list(result.arrays) == ["w", "b"]
    assert [federation.paid(name) for name in ("client1", "client2")] == [400, 400]


@pytest.mark.parametrize(
    ("kind", "least", "most"), [(FedProx, 65, 65), (FedMedian, 65, 65), (Krum, 60, 60), (FedAdam, 99, 99.99)]
)
def test_other_strategies_aggregate_what_was_bought(make: Make, kind: type[Strategy], least: float, most: float):
    """A mean, a median, the model nearest the others, a step from 100 towards the mean; nodes are paid alike."""
    federation = make(played=1)
    federation.hospital("client1", {1: 60})
    federation.hospital("client2", {1: 70})
    result = federation.start(federation.server(kind))
    assert least <= threshold_of(result.arrays) <= most
    assert [federation.paid(name) for name in ("client1", "client2")] == [200, 200]


def test_no_weights_pass_the_superlink_before_the_chain_shows_them(make: Make):
    """Neither a reply nor an error of a node holds an array; what the chain shows comes after all commitments."""
    federation = make(played=1)
    federation.hospital("client1", {1: 60})
    federation.hospital("client2", {1: 70})
    federation.start()
    assert federation.link.seen == []
    for one in federation.hospitals:
        (reply,) = one.sent
        assert set(reply.content) == {"metrics", "arrays"}, "the strategy's own copy, put in after the job"
    order = [type(one.body) for one in federation.served.world.history]
    assert max(place for place, kind in enumerate(order) if kind is Commit) < order.index(Submit)


def test_a_node_commits_with_its_own_key_before_it_replies(make: Make):
    federation = make(played=1)
    hospital = federation.hospital("client1", {1: 60})
    committed: list[bool] = []
    answer = hospital.answer

    def watched(message: Message) -> Message:
        reply = answer(message)
        me = federation.party.sponsor().job(1).client(hospital.wallet)
        committed.append(me is not None and me.commitment is not None)
        assert ArrayRecord not in {type(one) for one in reply.content.values()}
        return reply

    hospital.answer = watched  # type: ignore[method-assign]
    federation.start()
    assert committed == [True]
    commits = [one for one in federation.served.world.history if isinstance(one.body, Commit)]
    assert [one.meta.sender for one in commits] == [hospital.wallet]


# Nodes that cheat, fail, or are somebody else


def without_mod(hospital: Hospital) -> None:
    """The node's own code replies as if nobody paid; its app sees a record more."""

    def app(message: Message, _: Context) -> Message:
        content = RecordDict({"arrays": arrays_for(0), "metrics": MetricRecord({"num-examples": 10**6})})
        return Message(content, reply_to=message)

    hospital.app = app  # type: ignore[assignment]


def test_weights_that_come_without_a_commitment_are_not_used_and_their_node_is_named(make: Make):
    federation = make(played=1)
    federation.hospital("client1", {1: 60})
    without_mod(federation.hospital("client2", {}))
    server = federation.server()
    result = federation.start(server)
    assert fates(federation, server) == {0: Fate.BOUGHT, 1: Fate.NO_RECEIPT}
    assert threshold_of(result.arrays) == 60


def changed(hospital: Hospital, change: Callable[[ConfigRecord], None]) -> None:
    """The node sends its own receipt, changed."""
    answer = hospital.app

    def app(message: Message, context: Context) -> Message:
        reply = answer(message, context)
        record = ConfigRecord(dict(reply.content.config_records[RECORD]))
        change(record)
        reply.content[RECORD] = record
        return reply

    hospital.app = app  # type: ignore[assignment]


def test_a_node_cannot_pass_for_the_wallet_of_another(make: Make):
    """It would need the other's signature on its own number, to lend its numbers of examples to the other's model."""
    federation = make(played=1)
    honest = federation.hospital("client1", {1: 60})
    thief = federation.hospital("client2", {1: 70}, examples=10**9)
    stolen: dict[str, Any] = {}
    changed(honest, lambda record: stolen.update(record))
    changed(thief, lambda record: record.update(stolen))
    server = federation.server()
    result = federation.start(server)
    assert fates(federation, server) == {0: Fate.BOUGHT, 1: Fate.FORGED}
    assert threshold_of(result.arrays) == 60


@pytest.mark.parametrize(
    ("field", "value", "fate"),
    [
        ("wallet", "0x" + "11" * 20, Fate.FORGED),
        ("signature", "00" * 65, Fate.FORGED),
        ("signature", "ff" * 65, Fate.FORGED),
        ("commitment", "00" * 32, Fate.FORGED),
        ("signature", "zz", Fate.NO_RECEIPT),
        ("commitment", "00", Fate.NO_RECEIPT),
        ("wallet", 7, Fate.NO_RECEIPT),
        ("arrays", b"", Fate.NO_RECEIPT),
    ],
)
def test_a_receipt_that_does_not_hold_is_named(make: Make, field: str, value: Any, fate: Fate):
    federation = make(played=1)
    federation.hospital("client1", {1: 60})
    changed(federation.hospital("client2", {1: 70}), lambda record: record.update({field: value}))
    server = federation.server()
    federation.start(server)
    assert fates(federation, server) == {0: Fate.BOUGHT, 1: fate}


def test_a_wallet_that_signs_for_what_it_has_not_committed_to_is_named(make: Make):
    federation = make(played=1)
    federation.hospital("client1", {1: 60})
    liar = federation.hospital("client2", {1: 70})

    def lie(record: ConfigRecord) -> None:
        client = federation.party.client("client2")
        stated = Statement(client.chain_id, client.app, 1, liar.node_id, bytes(32))
        record.update({"commitment": "00" * 32, "signature": stated.sign(client.wallet).hex()})  # type: ignore[arg-type]

    changed(liar, lie)
    server = federation.server()
    federation.start(server)
    assert fates(federation, server) == {0: Fate.BOUGHT, 1: Fate.NOT_ON_CHAIN}


def test_two_nodes_of_one_wallet_count_once(make: Make):
    federation = make(played=1)
    federation.hospital("client1", {1: 60})
    second = federation.hospital("client2", {1: 60})
    second.name, second.folder = "client1", federation.hospitals[0].folder
    second.settings["deml-folder"] = str(second.folder)
    server = federation.server()
    result = federation.start(server)
    assert fates(federation, server) == {0: Fate.BOUGHT, 1: Fate.TAKEN}
    assert federation.paid("client1") == 200
    assert threshold_of(result.arrays) == 60


def test_a_node_that_drops_out_keeps_nobody_waiting_longer_than_the_job_lasts(make: Make):
    federation = make(played=1)
    federation.hospital("client1", {1: 60})
    federation.hospital("client2", {1: 70}).reachable = False
    server = federation.server()
    result = federation.start(server)
    assert fates(federation, server) == {0: Fate.BOUGHT, 1: Fate.SILENT}
    assert threshold_of(result.arrays) == 60


def test_a_model_that_is_no_better_is_not_bought_and_stays_at_home(make: Make):
    federation = make(played=1)
    federation.hospital("client1", {1: 60})
    federation.hospital("client2", {1: 100})
    server = federation.server()
    result = federation.start(server)
    assert fates(federation, server) == {0: Fate.BOUGHT, 1: Fate.NOT_DUE}
    assert threshold_of(result.arrays) == 60
    assert len(bodies(federation.served.world, Submit)) == 1


def test_a_round_in_which_nothing_is_bought_leaves_the_model_as_it_was(make: Make):
    federation = make()
    federation.hospital("client1", {1: 100, 2: 60})
    result = federation.start()
    found = federation.party.sponsor().campaign(1)
    assert [one.ending for one in found.rounds] == [Ending.NOBODY_DECLARED, Ending.SETTLED]
    assert found.rounds[0].terms.initial_model_cid == found.rounds[1].terms.initial_model_cid
    assert threshold_of(result.arrays) == 60
