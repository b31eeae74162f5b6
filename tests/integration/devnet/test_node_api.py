"""The node as its clients see it: JSON-RPC, inspect, proofs and vouchers that the real Application accepts."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from deml.base.types import Address
from deml_devnet.chain.errors import TransactionFailed
from deml_devnet.node import outputs
from deml_sdk.chain.transactions import Call
from deml_sdk.errors import ContractReverted
from tests.integration.devnet.live_chain import EPOCH_LENGTH, LiveChain, expected_outputs, live_chain, naive_root

PAYEE = Address("0x" + "ab" * 20)
VOUCHER = f"voucher {PAYEE} 12345"
RPC_TYPES = Path(__file__).parents[3] / "node_modules/@cartesi/rpc/dist/index.d.ts"


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveChain]:
    """A node after a claimed epoch with four inputs (one rejected), and an open one with one more."""
    with live_chain(tmp_path_factory.mktemp("lived")) as made:
        made.mine(-made.chain.latest_block().number % EPOCH_LENGTH)
        made.run_node()
        for text, sender in (("notice a", 1), ("reject", 1), (VOUCHER, 2), ("notice b", 1)):
            made.add_input(text, sender)
        made.wait_processed(4)
        made.finish_epoch()
        made.add_input("notice c")
        made.wait_processed(5)
        made.chain.rpc("anvil_setBalance", [made.contracts.app_address, hex(10**18)])
        yield made


# Records


def fields_of(name: str) -> set[str]:
    """Required fields of a type of @cartesi/rpc."""
    match = re.search(rf"^type {name} = \{{\n(.*?)^\}};", RPC_TYPES.read_text(), re.MULTILINE | re.DOTALL)
    assert match
    return set(re.findall(r"^  (\w+):", match[1], re.MULTILINE))


@pytest.mark.parametrize(
    ("method", "parameters", "kind", "documented"),
    [
        ("cartesi_getApplication", {}, "Application", {"state", "reason", "execution_parameters"}),
        ("cartesi_getEpoch", {"epoch_index": "last"}, "Epoch", {"claim_hash", "claim_transaction_hash"}),
        ("cartesi_getInput", {"input_index": "0x0"}, "Input", {"transaction_reference", "outputs_hash"}),
        ("cartesi_getOutput", {"output_index": "0x0"}, "Output", set()),
        ("cartesi_getReport", {"report_index": "0x0"}, "Report", set()),
    ],
)
def test_a_record_has_every_field_of_the_clients_types_and_of_the_documentation(
    lived: LiveChain, method: str, parameters: dict[str, str], kind: str, documented: set[str]
):
    if parameters.get("epoch_index") == "last":
        parameters = {"epoch_index": lived.ask("cartesi_getLastAcceptedEpochIndex")}
    record = lived.ask(method, **parameters)
    assert fields_of(kind) | documented <= set(record)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", record["created_at"])


def test_an_application_is_found_by_name_and_by_address_in_any_case(lived: LiveChain):
    by_name = lived.ask("cartesi_getApplication")
    address = by_name["iapplication_address"]
    assert address.lower() == lived.contracts.app_address
    assert lived.ask("cartesi_getApplication", application=address) == by_name
    assert lived.ask("cartesi_getApplication", application=address.lower()) == by_name
    assert (by_name["name"], by_name["consensus_type"], by_name["state"]) == ("echo", "AUTHORITY", "ENABLED")
    assert by_name["processed_inputs"] == "0x5"
    assert fields_of("WithdrawalConfig") <= set(by_name["withdrawal_config"])


def test_an_input_carries_what_the_input_box_made_of_it(lived: LiveChain):
    found = lived.ask("cartesi_getInput", input_index="0x2")
    assert found["decoded_data"]["payload"] == "0x" + VOUCHER.encode().hex()
    assert found["decoded_data"]["sender"].lower() == lived.accounts[2]
    assert found["decoded_data"]["application_contract"].lower() == lived.contracts.app_address
    assert found["decoded_data"]["block_number"] == found["block_number"]
    block = lived.chain.block(int(found["block_number"], 16))
    assert int(found["decoded_data"]["block_timestamp"], 16) == block.timestamp
    receipt = lived.chain.find_receipt(found["transaction_hash"])
    assert receipt is not None
    assert receipt["blockNumber"] == int(found["block_number"], 16)
    assert found["raw_data"].startswith("0x415bf363")


def test_a_rejected_input_has_reports_and_no_outputs(lived: LiveChain):
    assert lived.ask("cartesi_getInput", input_index="0x1")["status"] == "REJECTED"
    assert lived.ask("cartesi_listOutputs", input_index="0x1") == []
    assert [one["raw_data"] for one in lived.ask("cartesi_listReports", input_index="0x1")] == ["0x" + b"no".hex()]


def test_outputs_are_decoded(lived: LiveChain):
    voucher, notice = lived.ask("cartesi_listOutputs", input_index="0x2")
    assert voucher["decoded_data"] | {"destination": PAYEE} == {
        "type": "Voucher",
        "destination": PAYEE,
        "value": hex(12345),
        "payload": "0x",
    }
    assert voucher["decoded_data"]["destination"].lower() == PAYEE
    assert notice["decoded_data"]["type"] == "Notice"
    assert voucher["raw_data"] == "0x" + outputs.voucher(bytes.fromhex(PAYEE[2:]), 12345, b"").hex()


def test_epochs_go_from_open_to_claimed(lived: LiveChain):
    claimed, opened = lived.ask("cartesi_listEpochs")
    assert (claimed["status"], opened["status"]) == ("CLAIM_ACCEPTED", "OPEN")
    assert (claimed["virtual_index"], opened["virtual_index"]) == ("0x0", "0x1")
    assert int(claimed["first_block"], 16) == int(claimed["index"], 16) * EPOCH_LENGTH
    assert int(claimed["last_block"], 16) == int(claimed["first_block"], 16) + EPOCH_LENGTH - 1
    assert (claimed["input_index_lower_bound"], claimed["input_index_upper_bound"]) == ("0x0", "0x4")
    assert claimed["outputs_merkle_root"] == naive_root(expected_outputs(["notice a", VOUCHER, "notice b"]))
    assert opened["outputs_merkle_root"] is None
    assert lived.ask("cartesi_getLastAcceptedEpochIndex") == claimed["index"]


# Filters and pages


def numbers(lived: LiveChain, method: str, **parameters: Any) -> list[int]:
    return [int(one["index"], 16) for one in lived.ask(method, **parameters)]


def test_lists_are_filtered(lived: LiveChain):
    first, second = (one["index"] for one in lived.ask("cartesi_listEpochs"))
    assert numbers(lived, "cartesi_listInputs", epoch_index=first) == [0, 1, 2, 3]
    assert numbers(lived, "cartesi_listInputs", epoch_index=second, sender=lived.accounts[2]) == []
    assert numbers(lived, "cartesi_listInputs", sender=lived.accounts[2].upper().replace("0X", "0x")) == [2]
    sent = lived.ask("cartesi_getInput", input_index="0x3")["transaction_hash"]
    assert numbers(lived, "cartesi_listInputs", transaction_hash=sent) == [3]
    assert numbers(lived, "cartesi_listOutputs", epoch_index=second) == [4]
    assert numbers(lived, "cartesi_listOutputs", output_type="0x" + outputs.VOUCHER.hex()) == [1]
    assert numbers(lived, "cartesi_listOutputs", output_type=outputs.NOTICE.hex()) == [0, 2, 3, 4]
    assert numbers(lived, "cartesi_listOutputs", voucher_address=PAYEE) == [1]
    assert numbers(lived, "cartesi_listOutputs", voucher_address="0x" + "cd" * 20) == []
    assert numbers(lived, "cartesi_listReports", epoch_index=second) == [4]
    assert numbers(lived, "cartesi_listEpochs", status="OPEN") == [int(second, 16)]
    assert numbers(lived, "cartesi_listEpochs", status="CLAIM_REJECTED") == []


def test_lists_come_in_pages(lived: LiveChain):
    answer = lived.rpc("cartesi_listInputs", limit=2, offset=1)["result"]
    assert [one["index"] for one in answer["data"]] == ["0x1", "0x2"]
    assert answer["pagination"] == {"total_count": 5, "limit": 2, "offset": 1}
    assert numbers(lived, "cartesi_listInputs", limit=2, descending=True) == [4, 3]
    assert numbers(lived, "cartesi_listInputs", offset=5) == []
    default = lived.rpc("cartesi_listInputs", limit=0)["result"]["pagination"]
    assert default == {"total_count": 5, "limit": 50, "offset": 0}
    assert lived.rpc("cartesi_listInputs", limit=10**9)["result"]["pagination"]["limit"] == 10_000


def test_parameters_may_be_given_by_position(lived: LiveChain):
    answer = lived.post({"jsonrpc": "2.0", "id": "x", "method": "cartesi_getInput", "params": ["echo", "0x1"]})
    assert answer["id"] == "x"
    assert answer["result"]["data"]["index"] == "0x1"
    listed = {"jsonrpc": "2.0", "id": 1, "method": "cartesi_listInputs", "params": ["echo", None, None, None, 1, 3]}
    assert [one["index"] for one in lived.post(listed)["result"]["data"]] == ["0x3"]


# Errors


@pytest.mark.parametrize(
    ("method", "parameters", "code"),
    [
        ("cartesi_getApplication", {"application": "nobody"}, -32001),
        ("cartesi_getApplication", {"application": "0x" + "00" * 20}, -32001),
        ("cartesi_getApplication", {"application": "No Such"}, -32602),
        ("cartesi_getApplication", {"application": 7}, -32602),
        ("cartesi_listInputs", {"application": "nobody"}, -32001),
        ("cartesi_getInput", {"input_index": "0xff"}, -32001),
        ("cartesi_getInput", {"input_index": "0xffffffffffffffff"}, -32001),
        ("cartesi_getInput", {"input_index": "1"}, -32602),
        ("cartesi_getInput", {}, -32602),
        ("cartesi_getOutput", {"output_index": "0xff"}, -32001),
        ("cartesi_getReport", {"report_index": "0xff"}, -32001),
        ("cartesi_getEpoch", {"epoch_index": "0xff"}, -32001),
        ("cartesi_listOutputs", {"output_type": "0x12"}, -32602),
        ("cartesi_listOutputs", {"voucher_address": "0x12"}, -32602),
        ("cartesi_listInputs", {"sender": "0x12"}, -32602),
        ("cartesi_listInputs", {"limit": -1}, -32602),
        ("cartesi_listInputs", {"limit": "5"}, -32602),
        ("cartesi_listInputs", {"descending": 1}, -32602),
        ("cartesi_listEpochs", {"status": "DONE"}, -32602),
        ("cartesi_getTournament", {"address": "0x" + "00" * 20}, -32001),
        ("cartesi_makeMoney", {}, -32601),
    ],
)
def test_errors_have_the_nodes_codes(lived: LiveChain, method: str, parameters: dict[str, Any], code: int):
    answer = lived.rpc(method, **parameters)
    assert answer["error"]["code"] == code
    assert answer["error"]["message"]
    assert "result" not in answer


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"{", -32700), (b"1", -32600), (b"[]", -32600), (b'{"id": 1}', -32600), (b'{"id": 1, "method": 3}', -32600)],
)
def test_requests_that_are_none_are_refused(lived: LiveChain, body: bytes, code: int):
    response = lived.session.post(f"{lived.node_url}/rpc", data=body, timeout=10)
    assert response.status_code == 200
    assert response.json()["error"]["code"] == code


def test_batches_and_notifications(lived: LiveChain):
    version = {"jsonrpc": "2.0", "method": "cartesi_getNodeVersion"}
    assert lived.post(version) is None
    assert lived.post([version]) is None
    answers = lived.post([{**version, "id": 1}, version, {"jsonrpc": "2.0", "id": 2, "method": "none"}])
    assert [one["id"] for one in answers] == [1, 2]
    assert answers[1]["error"]["code"] == -32601


def test_other_verbs_and_paths_are_refused(lived: LiveChain):
    assert lived.session.get(f"{lived.node_url}/rpc", timeout=10).status_code == 405
    assert lived.session.post(f"{lived.node_url}/graphql", timeout=10).status_code == 404
    assert lived.session.post(f"{lived.node_url}/rpc", data=b" " * 2**21, timeout=10).status_code == 400


def test_the_node_describes_its_methods(lived: LiveChain):
    names = {one["name"] for one in lived.post({"id": 1, "method": "rpc.discover"})["result"]["methods"]}
    declared = set(re.findall(r"^  (cartesi_\w+)\(", RPC_TYPES.read_text(), re.MULTILINE))
    assert names == declared


# npm's @cartesi/rpc


def test_the_published_client_works_unchanged(lived: LiveChain):
    client = Path(__file__).with_name("cartesi_rpc_client.mjs")
    command = ["node", str(client), f"{lived.node_url}/rpc", lived.contracts.app_address]
    ran = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert ran.returncode == 0, ran.stderr
    answers = json.loads(ran.stdout)
    assert answers["applications"]["pagination"]["total_count"] == 1
    assert answers["application"]["data"]["name"] == "echo"
    assert [one["index"] for one in answers["inputs"]["data"]] == ["0x4", "0x3", "0x2", "0x1", "0x0"]
    assert answers["processed"] == {"data": "0x5"}
    assert answers["accepted"]["data"]["status"] == "CLAIM_ACCEPTED"
    assert answers["epochs"]["data"] == [answers["accepted"]["data"]]
    assert answers["outputs"]["data"] == [answers["output"]["data"]]
    assert len(answers["output"]["data"]["output_hashes_siblings"]) == 63
    assert answers["report"]["data"] == answers["reports"]["data"][0]
    assert answers["tournaments"]["data"] == answers["withdrawals"]["data"] == []
    assert answers["chain"] == {"data": hex(31337)}
    assert answers["missing"] == {"code": -32001, "message": "Output not found"}


# Proofs


def proof(record: dict[str, Any]) -> tuple[int, list[bytes]]:
    siblings = [bytes.fromhex(one[2:]) for one in record["output_hashes_siblings"]]
    return int(record["index"], 16), siblings


def with_proof(function: str, record: dict[str, Any]) -> bytes:
    raw = bytes.fromhex(record["raw_data"][2:])
    selector = keccak(text=f"{function}(bytes,(uint64,bytes32[]))")[:4]
    return selector + encode(["bytes", "(uint64,bytes32[])"], [raw, proof(record)])


def to_application(lived: LiveChain, data: bytes) -> Call:
    return Call("Application", "validateOutput", Address(lived.contracts.app_address), data)


def test_every_output_of_a_claimed_epoch_is_proven_and_no_other_is(lived: LiveChain):
    claimed, opened = lived.ask("cartesi_listEpochs")
    for record in lived.ask("cartesi_listOutputs", epoch_index=claimed["index"]):
        assert lived.chain.simulate(to_application(lived, with_proof("validateOutput", record))) == b""
        other = {**record, "index": hex(int(record["index"], 16) + 1)}
        with pytest.raises(ContractReverted):
            lived.chain.simulate(to_application(lived, with_proof("validateOutput", other)))
    (unproven,) = lived.ask("cartesi_listOutputs", epoch_index=opened["index"])
    assert unproven["output_hashes_siblings"] is None


def test_a_voucher_pays_once(lived: LiveChain):
    (record,) = lived.ask("cartesi_listOutputs", voucher_address=PAYEE)
    assert record["execution_transaction_hash"] is None
    call = with_proof("executeOutput", record)
    before = lived.chain.ether(PAYEE)
    receipt = lived.chain.transact("execute", lived.accounts[3], lived.contracts.app_address, call)
    assert lived.chain.ether(PAYEE) == before + 12345
    with pytest.raises(TransactionFailed):
        lived.chain.transact("execute again", lived.accounts[3], lived.contracts.app_address, call)

    def noted() -> bool:
        found = lived.ask("cartesi_getOutput", output_index=record["index"])["execution_transaction_hash"]
        return bool(found == "0x" + bytes(receipt["transactionHash"]).hex())

    lived.eventually(noted, "the node notes the execution")


# Inspect


def test_an_inspect_answers_from_the_present_state(lived: LiveChain):
    answer = lived.inspect(b"anything").json()
    assert answer["status"] == "Accepted"
    assert answer["processed_input_count"] == 5
    (report,) = answer["reports"]
    *_, last = expected_outputs(["notice a", VOUCHER, "notice b", "notice c"])
    assert bytes.fromhex(report["payload"][2:]) == last[-32:]
    assert "exception" not in answer
    assert lived.inspect(app=lived.contracts.app_address.upper().replace("0X", "0x")).json() == answer


def test_an_inspect_may_be_rejected(lived: LiveChain):
    assert lived.inspect(b"reject").json()["status"] == "Rejected"


def test_inspects_that_cannot_be_answered(lived: LiveChain):
    assert lived.inspect(app="nobody").status_code == 404
    assert lived.inspect(b"0" * (2**21 + 1)).status_code == 413
    assert lived.session.get(f"{lived.node_url}/inspect/echo", timeout=10).status_code == 405


def test_inspects_wait_their_turn(lived: LiveChain):
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: requests.post(f"{lived.node_url}/inspect/echo", timeout=30), range(24)))
    assert {one.json()["status"] for one in statuses} == {"Accepted"}


def test_an_inspect_that_kills_the_dapp_costs_nothing_but_a_replay(lived: LiveChain):
    before = lived.inspect().json()
    assert lived.inspect(b"crash").status_code == 503
    lived.eventually(lived.ready, "the dapp is back")
    assert lived.inspect().json() == before
