"""One's own replay of a market: its roots are those of all outputs so far, and what it says is owed is what is held."""

from __future__ import annotations

import pytest
from eth_utils.crypto import keccak

from deml.base.inputs import Metadata
from deml.core import State
from deml.shell.application import Application
from deml.wire.outputs import envelope
from deml_sdk.chain.contracts import EVM_ADVANCE
from deml_sdk.chain.outputs_tree import OutputsTree
from deml_sdk.operate.figures import TokenFigures
from deml_sdk.operate.replay import Replay
from tests.support.crowd import Crowd
from tests.support.deployment import DEPLOYMENT
from tests.support.slow import SLOW
from tests.support.world import Result, World


def raw(meta: Metadata, payload: bytes) -> bytes:
    """An input as the InputBox makes it."""
    words = (meta.chain_id, meta.app, meta.sender, meta.block_number, meta.timestamp, 7, meta.index, payload)
    return EVM_ADVANCE.encode(words)


def provable(result: Result) -> list[bytes]:
    return [envelope(one) for one in result.emissions if type(one).__name__ != "ReportEmission"]


@pytest.fixture(scope="module")
def crowd() -> World:
    made = Crowd(seed=3)
    for _ in range(60):
        made.step()
    return made.world


def test_the_selector_of_an_input_is_that_of_its_signature():
    assert keccak(text=EVM_ADVANCE.signature)[:4] == EVM_ADVANCE.selector


def test_a_crowd_replayed_has_the_roots_of_its_outputs_and_owes_what_the_world_holds(crowd: World):
    replay = Replay(DEPLOYMENT)
    replay._state = State(SLOW)  # The crowd's machine is a slow one.
    leaves: list[bytes] = []
    tokens = set(crowd.deposited)
    for number, result in enumerate(crowd.history):
        replay.run(raw(result.meta, result.payload))
        leaves += map(keccak, provable(result))
        if number % 10 == 0:
            assert replay.root_at(result.meta.block_number) == OutputsTree(leaves).root
    assert replay.inputs == len(crowd.history)
    assert replay.accepted == sum(one.accepted for one in crowd.history)
    assert replay.root_at(-1) == OutputsTree().root
    paid = {
        token: sum(one.amount for one in replay.waiting.values() if one is not None and one.token == token)
        for token in tokens
    }
    assert any(paid.values()), "nobody was paid"
    owed = replay.owed()
    for token in tokens:
        assert paid[token] == crowd.paid[token]
        amounts = owed.get(token, {})
        assert sum(amounts.values()) - amounts.get("voucher", 0) == crowd.held(token)
        assert TokenFigures(crowd.deposited[token], amounts).shortfall == 0
        assert TokenFigures(crowd.deposited[token] - 1, amounts).shortfall == 1
    assert sum(replay.jobs(crowd.now).values()) == len(crowd.state.jobs)


def test_blocks_after_a_claim_are_those_it_does_not_cover(crowd: World):
    replay = Replay(DEPLOYMENT)
    for result in crowd.history[:10]:
        replay.run(raw(result.meta, result.payload))
    assert replay.blocks_after(-1) == list(range(10))
    assert replay.blocks_after(6) == [7, 8, 9]
    assert replay.blocks_after(9) == []


@pytest.mark.injects_bugs
def test_bugs_are_counted_also_where_they_only_credit_a_deposit(crowd: World, monkeypatch: pytest.MonkeyPatch):
    def fail(*_: object) -> None:
        raise RuntimeError("injected")

    monkeypatch.setattr(Application, "_apply", fail)
    replay = Replay(DEPLOYMENT)
    for number, result in enumerate(crowd.history[:20], start=1):
        replay.run(raw(result.meta, result.payload))
        assert replay.bugs == number
    assert replay.accepted > 0, "no deposit was credited"
