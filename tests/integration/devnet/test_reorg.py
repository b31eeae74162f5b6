"""Re-orgs: what the chain takes back, the node takes back; a claim that outlives its inputs stops it."""

from __future__ import annotations

import pytest

from deml_devnet.chain import abi
from deml_devnet.chain.accounts import OPERATOR
from tests.integration.devnet.live_chain import EPOCH_LENGTH, LiveChain, expected_outputs, naive_root


def settles_on(live: LiveChain, accepted: list[str]) -> None:
    root = naive_root(expected_outputs(accepted))
    live.eventually(lambda: live.outputs_root() == root, f"the node settles on {accepted}")
    assert len(live.ask("cartesi_listInputs")) == len(accepted)


def test_inputs_of_a_dead_branch_are_forgotten_and_those_of_the_living_one_processed(fresh: LiveChain):
    fresh.run_node()
    fresh.add_input("notice a")
    fork = fresh.chain.rpc("evm_snapshot")
    fresh.add_input("notice b")
    fresh.add_input("notice c")
    fresh.wait_processed(3)
    assert fresh.chain.rpc("evm_revert", [fork])
    fresh.mine(1)
    fresh.add_input("notice d")
    settles_on(fresh, ["notice a", "notice d"])


def test_a_reorg_while_the_node_was_down_is_seen_when_it_comes_back(fresh: LiveChain):
    fresh.run_node()
    fork = fresh.chain.rpc("evm_snapshot")
    fresh.add_input("notice a")
    fresh.wait_processed(1)
    fresh.stop_node()
    assert fresh.chain.rpc("evm_revert", [fork])
    fresh.mine(2)
    fresh.add_input("notice b")
    fresh.run_node()
    settles_on(fresh, ["notice b"])


def test_the_same_inputs_in_other_blocks_keep_their_order_and_get_other_proofs(fresh: LiveChain):
    fresh.run_node()
    for text in ("notice a", "notice b"):
        fresh.add_input(text)
    fresh.wait_processed(2)
    before = fresh.ask("cartesi_getInput", input_index="0x1")["decoded_data"]["block_number"]
    fork = fresh.chain.rpc("evm_snapshot")
    fresh.chain.rpc("anvil_reorg", [2, []])  # The transactions of two blocks vanish.
    assert fork
    fresh.mine(EPOCH_LENGTH)
    for text in ("notice a", "notice b"):
        fresh.add_input(text)

    def moved() -> bool:
        found = fresh.rpc("cartesi_getInput", input_index="0x1").get("result")
        return bool(found) and found["data"]["block_number"] != before and fresh.processed() == 2

    fresh.eventually(moved, "the inputs are in other blocks")
    settles_on(fresh, ["notice a", "notice b"])
    fresh.finish_epoch()


def test_a_claim_lost_in_a_reorg_is_submitted_again(fresh: LiveChain):
    fresh.run_node()
    block = fresh.add_input("notice a")
    fresh.wait_processed(1)
    epoch = block // EPOCH_LENGTH
    fork = fresh.chain.rpc("evm_snapshot")
    fresh.finish_epoch()
    fresh.stop_node()
    assert fresh.chain.rpc("evm_revert", [fork])
    fresh.mine(EPOCH_LENGTH)
    (claims,) = fresh.chain.view(fresh.contracts.authority, ["uint256"], "getNumberOfAcceptedClaims()")
    assert claims == 0
    fresh.run_node()
    fresh.wait_claimed(epoch)
    (claims,) = fresh.chain.view(fresh.contracts.authority, ["uint256"], "getNumberOfAcceptedClaims()")
    assert claims == 1
    settles_on(fresh, ["notice a"])


def test_a_claim_that_survives_a_reorg_with_other_inputs_stops_the_node(fresh: LiveChain):
    fresh.run_node()
    fork = fresh.chain.rpc("evm_snapshot")
    block = fresh.add_input("notice a")
    fresh.wait_processed(1)
    fresh.finish_epoch()
    claimed = bytes.fromhex(fresh.outputs_root()[2:])
    fresh.stop_node()
    assert fresh.chain.rpc("evm_revert", [fork])
    last_block = (block // EPOCH_LENGTH + 1) * EPOCH_LENGTH - 1
    fresh.add_input("notice b")
    fresh.mine(EPOCH_LENGTH)
    call = abi.calldata("submitClaim(address,uint256,bytes32)", fresh.contracts.app_address, last_block, claimed)
    fresh.chain.transact("claim", fresh.accounts[OPERATOR], fresh.contracts.authority, call)
    fresh.run_node(ready=False)
    error = fresh.node_error()
    assert error["code"] == "CLAIM_CONTRADICTED"
    assert error["values"]["accepted"] == "0x" + claimed.hex()
    assert error["values"]["computed"] == naive_root(expected_outputs(["notice b"]))


def test_a_claim_that_survives_all_its_inputs_stops_the_node_too(fresh: LiveChain):
    fresh.run_node()
    block = fresh.chain.latest_block().number
    last_block = (block // EPOCH_LENGTH + 1) * EPOCH_LENGTH - 1
    fresh.mine(EPOCH_LENGTH)
    call = abi.calldata("submitClaim(address,uint256,bytes32)", fresh.contracts.app_address, last_block, b"\x01" * 32)
    fresh.chain.transact("claim", fresh.accounts[OPERATOR], fresh.contracts.authority, call)
    assert fresh.node_error()["code"] == "CLAIM_CONTRADICTED"


def test_a_node_that_waits_for_finality_never_sees_a_dead_branch(fresh: LiveChain, caplog: pytest.LogCaptureFixture):
    fresh.run_node(block_tag="finalized")
    fork = fresh.chain.rpc("evm_snapshot")
    fresh.add_input("notice a")
    fresh.mine(1)
    assert fresh.chain.rpc("evm_revert", [fork])
    fresh.add_input("notice b")
    fresh.mine(1)
    assert fresh.processed() == 0
    fresh.mine(1)
    fresh.wait_processed(1)
    settles_on(fresh, ["notice b"])
    assert "re-org" not in caplog.text
