"""Whatever is killed, whenever: the node ends with the outputs it would have had anyway."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from deml_devnet.chain import anvil
from tests.integration.devnet.live_chain import EPOCH_LENGTH, LiveChain, expected_outputs, live_chain, naive_root

INPUTS = ["notice a", "notice b", f"voucher 0x{'ab' * 20} 5", "notice c"]


def check(made_by: LiveChain, accepted: list[str]) -> None:
    """The node ends with the outputs of these accepted inputs, and nothing else."""
    made = expected_outputs(accepted)
    made_by.eventually(lambda: made_by.outputs_root() == naive_root(made), "the outputs' root is right")
    stored = made_by.ask("cartesi_listOutputs", limit=1000)
    assert [one["raw_data"] for one in stored] == ["0x" + output.hex() for output in made]
    assert [int(one["index"], 16) for one in stored] == list(range(len(made)))


def test_kill_between_inputs(fresh: LiveChain):
    fresh.start_node()
    for text in INPUTS[:2]:
        fresh.add_input(text)
    fresh.wait_processed(2)
    fresh.kill("node", "dapp")
    for text in INPUTS[2:]:
        fresh.add_input(text)
    fresh.start_node()
    fresh.wait_processed(4)
    check(fresh, INPUTS)


def test_a_node_that_lost_its_database_comes_to_the_same_outputs_and_claims(fresh: LiveChain):
    fresh.start_node()
    for text in INPUTS:
        fresh.add_input(text)
    fresh.wait_processed(4)
    epoch = fresh.finish_epoch()
    claimed = fresh.ask("cartesi_getEpoch", epoch_index=hex(epoch))["claim_hash"]
    fresh.kill("node", "dapp")
    for one in fresh.config().database.parent.glob("node.sqlite*"):
        one.unlink()
    fresh.start_node()
    fresh.wait_processed(4)
    check(fresh, INPUTS)
    fresh.wait_claimed(epoch)
    assert fresh.ask("cartesi_getEpoch", epoch_index=hex(epoch))["claim_hash"] == claimed


@pytest.mark.parametrize("victims", [["node"], ["dapp"], ["node", "dapp"]], ids="-".join)
def test_kill_while_an_input_is_being_processed(fresh: LiveChain, tmp_path: Path, victims: list[str]):
    held = tmp_path / "held"
    fresh.start_node()
    for text in ("notice a", f"hold {held}", "notice b"):
        fresh.add_input(text)
    fresh.eventually(held.exists, "the dapp works on the second input")
    fresh.kill(*victims)
    if "node" in victims:
        fresh.start_node()
    fresh.wait_processed(3)
    check(fresh, ["notice a", f"hold {held}", "notice b"])


def test_kills_at_random_moments(fresh: LiveChain):
    chance = random.Random(20)
    sent: list[str] = []
    fresh.start_node()
    for round_number in range(6):
        for number in range(3):
            sent.append(f"notice {round_number}.{number}")
            fresh.add_input(sent[-1])
        if round_number % 2:
            fresh.mine(EPOCH_LENGTH)
        moment = chance.randint(0, len(sent))
        if fresh.node_service.alive and moment:
            fresh.eventually(lambda: fresh.processed() >= moment, f"{moment} inputs are processed")  # noqa: B023
        victims = chance.choice([["node"], ["dapp"], ["node", "dapp"]])
        fresh.kill(*victims)
        if "node" in victims:
            fresh.start_node(ready=chance.random() < 0.5)
    if not fresh.node_service.alive:
        fresh.start_node()
    fresh.wait_processed(len(sent))
    check(fresh, sent)
    fresh.finish_epoch()
    root = bytes.fromhex(fresh.outputs_root()[2:])
    call = "isOutputsMerkleRootValid(address,bytes32)"
    (accepted,) = fresh.chain.view(fresh.contracts.authority, ["bool"], call, fresh.contracts.app_address, root)
    assert accepted
    (claims,) = fresh.chain.view(fresh.contracts.authority, ["uint256"], "getNumberOfSubmittedClaims()")
    epochs = {one["epoch_index"] for one in fresh.ask("cartesi_listInputs", limit=1000)}
    assert claims == len(epochs)


def test_the_chain_may_be_killed_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(anvil, "SAVE_SECONDS", 1)
    with live_chain(tmp_path) as fresh:
        _kill_the_chain(fresh)


def _kill_the_chain(fresh: LiveChain) -> None:
    fresh.run_node()
    block = fresh.add_input("notice a")
    fresh.wait_processed(1)
    fresh.eventually(lambda: fresh.saved(block) is not None, "the chain has written its state")
    saved = fresh.saved(block)
    assert saved is not None
    fresh.add_input("notice lost")
    fresh.wait_processed(2)
    fresh.kill("anvil")
    (fresh.layout.chain / "written.json").write_bytes(saved)  # Nothing was written since.
    fresh.start_chain()
    fresh.add_input("notice b")
    check(fresh, ["notice a", "notice b"])


def test_inputs_that_end_the_dapp_are_reverted_and_the_next_ones_served(fresh: LiveChain, tmp_path: Path):
    once = f"crash-once {tmp_path / 'crashed'}"
    fresh.run_node(advance_seconds=1.0)
    for text in ("notice a", "crash", "throw", once, "sleep 30", "notice b"):
        fresh.add_input(text)
    fresh.wait_processed(6)
    statuses = [one["status"] for one in fresh.ask("cartesi_listInputs")]
    assert statuses == ["ACCEPTED", "REJECTED", "EXCEPTION", "ACCEPTED", "TIME_LIMIT_EXCEEDED", "ACCEPTED"]
    check(fresh, ["notice a", once, "notice b"])
    reports = [bytes.fromhex(one["raw_data"][2:]).decode() for one in fresh.ask("cartesi_listReports")]
    bug = json.loads(reports.pop(1))
    assert (bug["code"], bug["values"]) == ("BUG", {"cause": "its process died: exit code 3"})
    assert reports == ["notice a", "alas", once, "notice b"]
    fresh.stop_node()
    fresh.run_node()
    fresh.add_input("notice c")
    fresh.wait_processed(7)
    check(fresh, ["notice a", once, "notice b", "notice c"])


def test_a_replay_that_differs_stops_the_node_and_names_the_input(fresh: LiveChain):
    fresh.run_node()
    for text in ("notice a", "random", "notice b"):
        fresh.add_input(text)
    fresh.wait_processed(3)
    fresh.kill("dapp")
    error = fresh.node_error()
    assert error["code"] == "REPLAY_DIVERGED"
    assert error["values"]["input"] == "1"


def test_a_dapp_that_cannot_start_stops_the_node(fresh: LiveChain):
    fresh.run_node(ready=False, dapp_command=["/bin/false"])
    assert fresh.node_error()["code"] == "DAPP_KEEPS_DYING"


def test_a_node_on_another_chain_refuses_to_forget_its_inputs(fresh: LiveChain):
    fresh.run_node()
    fresh.add_input("notice a")
    fresh.wait_processed(1)
    fresh.chain.rpc("anvil_setCode", [fresh.contracts.app_address, "0x"])
    fresh.chain.rpc("anvil_reorg", [20, []])
    assert fresh.node_error()["code"] == "FOREIGN_CHAIN"
