"""The node client: pages, waits, proofs, and the dapp's own words when it refuses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from deml.base.outputs import Accepted, Transfer
from deml.base.types import Address, Amount, JobId
from deml.wire import notices
from deml.wire.outputs import NoticeEmission, VoucherEmission, envelope
from deml_cli.advice import WORDS
from deml_sdk.advice import advice_of
from deml_sdk.errors import (
    BadAnswer,
    CallFailed,
    DappRefused,
    InputNotProcessed,
    NoProof,
    NoSuchRecord,
    NotRunByNode,
    QueryRefused,
    Reason,
)
from deml_sdk.node.client import PAGE, NodeClient
from deml_sdk.node.records import DELEGATE_CALL_SELECTOR, NOTICE_SELECTOR, VOUCHER_SELECTOR, read_output
from tests.support.fake_services import RpcFailure, Services

APP = Address("0x" + "a1" * 20)
CLIENT = Address("0x" + "b2" * 20)
NOTICE = Accepted(JobId(7), CLIENT, CLIENT)
REPORT = {"code": "WRONG_PHASE", "message": "Too late.", "values": {"jobId": "9"}}


def hexed(value: object) -> str:
    return "0x" + json.dumps(value).encode().hex()


def input_record(index: int, status: str = "ACCEPTED") -> dict[str, Any]:
    """An input as the node's documentation shows it."""
    return {
        "epoch_index": "0x1",
        "index": hex(index),
        "block_number": "0x2a",
        "raw_data": "0x415bf363",
        "decoded_data": {
            "chain_id": "0x7a69",
            "application_contract": APP,
            "sender": CLIENT.upper().replace("X", "x"),
            "block_number": "0x2a",
            "block_timestamp": "0x64",
            "prev_randao": "0x00",
            "index": hex(index),
            "payload": "0x0102",
        },
        "status": status,
    }


def output_record(index: int, raw: bytes, siblings: int = 63) -> dict[str, Any]:
    return {
        "epoch_index": "0x1",
        "input_index": "0x3",
        "index": hex(index),
        "raw_data": "0x" + raw.hex(),
        "decoded_data": None,
        "hash": "0x" + "00" * 32,
        "output_hashes_siblings": ["0x" + "07" * 32] * siblings or None,
        "execution_transaction_hash": None,
    }


def page(records: list[Any], given: dict[str, Any]) -> dict[str, Any]:
    limit, offset = given["limit"], given["offset"]
    pagination = {"total_count": len(records), "limit": limit, "offset": offset}
    return {"data": records[offset : offset + limit], "pagination": pagination}


@pytest.fixture
def node(services: Services) -> Iterator[NodeClient]:
    made = NodeClient(services.url, APP)
    yield made
    made.close()


def test_addresses_of_both_interfaces_follow_from_one(services: Services, node: NodeClient):
    services.methods["cartesi_getNodeVersion"] = lambda _: {"data": "2.0.0"}
    services.pages["POST", f"/inspect/{APP}"] = lambda _: (
        200,
        json.dumps({"status": "Accepted", "reports": [{"payload": hexed({"jobs": 1})}]}).encode(),
    )
    assert node.version() == "2.0.0"
    assert node.inspect("stats") == {"jobs": 1}
    assert [(verb, path) for verb, path, _ in services.requests] == [("POST", "/rpc"), ("POST", f"/inspect/{APP}")]
    assert services.requests[1][2] == b"stats"


def test_a_separate_inspect_address_is_used(services: Services):
    services.pages["POST", f"/there/{APP}"] = lambda _: (
        200,
        json.dumps({"status": "Accepted", "reports": [{"payload": hexed({})}]}).encode(),
    )
    node = NodeClient(services.url + "/rpc", APP, services.url + "/there/")
    assert node.inspect("stats") == {}
    node.close()


def test_a_refused_query_is_told_in_the_dapps_words(services: Services, node: NodeClient):
    services.pages["POST", f"/inspect/{APP}"] = lambda _: (
        200,
        json.dumps({"status": "Rejected", "reports": [{"payload": hexed(REPORT)}]}).encode(),
    )
    with pytest.raises(QueryRefused) as caught:
        node.inspect("jobs/9")
    assert "WRONG_PHASE" in str(caught.value)
    assert caught.value.reason == Reason("WRONG_PHASE", "Too late.", {"jobId": "9"})
    assert advice_of(caught.value).startswith("Look at the job's windows")
    assert "'deml job show 9'" in advice_of(caught.value, WORDS)


@pytest.mark.parametrize(
    "body", [b"<html>", b"[]", b"{}", b'{"status": "Accepted", "reports": [{}]}', b'{"status": 1}']
)
def test_nonsense_from_inspect_is_a_bad_answer(services: Services, node: NodeClient, body: bytes):
    services.pages["POST", f"/inspect/{APP}"] = lambda _: (502, body)
    with pytest.raises(BadAnswer, match="HTTP 502"):
        node.inspect("stats")


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b"null"])
def test_nonsense_from_the_rpc_is_a_bad_answer(services: Services, node: NodeClient, body: bytes):
    services.pages["POST", "/rpc"] = lambda _: (500, body)
    with pytest.raises(BadAnswer):
        node.version()


def test_lists_are_read_page_by_page_and_from_anywhere(services: Services, node: NodeClient):
    raw = envelope(NoticeEmission(notices.encode(NOTICE)))
    records = [output_record(index, raw) for index in range(2 * PAGE + 5)]
    services.methods["cartesi_listOutputs"] = lambda given: page(records, given)
    assert [one.index for one in node.outputs()] == list(range(2 * PAGE + 5))
    assert [one.index for one in node.outputs(start=2 * PAGE + 3)] == [2 * PAGE + 3, 2 * PAGE + 4]
    assert list(node.outputs(start=10**6)) == []
    assert len(services.calls("cartesi_listOutputs")) == 3 + 1 + 1


def test_filters_are_the_nodes(services: Services, node: NodeClient):
    services.methods["cartesi_listOutputs"] = lambda given: page([], given)
    services.methods["cartesi_listInputs"] = lambda given: page([], given)
    list(node.outputs(input_index=10, output_type=NOTICE_SELECTOR))
    list(node.inputs(sender=CLIENT))
    assert (
        services.calls("cartesi_listOutputs")[0].items()
        >= {
            "application": APP,
            "input_index": "0xa",
            "output_type": "0xc258d6e5",
        }.items()
    )
    assert services.calls("cartesi_listInputs")[0]["sender"] == CLIENT


def test_selectors_of_the_envelopes_are_the_wires():
    cases = {
        NOTICE_SELECTOR: NoticeEmission(b""),
        VOUCHER_SELECTOR: VoucherEmission(CLIENT, 0, b""),
    }
    for selector, emission in cases.items():
        assert envelope(emission)[:4].hex() == selector[2:]
    assert len({*cases, DELEGATE_CALL_SELECTOR}) == 3


def test_a_result_has_notices_vouchers_and_reports(services: Services, node: NodeClient):
    outputs = [
        output_record(0, envelope(NoticeEmission(notices.encode(NOTICE)))),
        output_record(1, envelope(NoticeEmission(b"a stranger's"))),
        output_record(2, envelope(VoucherEmission(CLIENT, 5, b""))),
    ]
    services.methods |= {
        "cartesi_getInput": lambda _: {"data": input_record(3)},
        "cartesi_listOutputs": lambda given: page(outputs, given),
        "cartesi_listReports": lambda given: page([{"raw_data": hexed(REPORT)}, {"raw_data": "0xff"}], given),
    }
    result = node.wait_for_input(3).require_accepted()
    assert result.notices == (NOTICE,)
    assert [one.index for one in result.vouchers] == [2]
    assert result.reports == (REPORT,)
    assert (result.input.sender, result.input.payload, result.input.timestamp) == (CLIENT, b"\x01\x02", 100)


def test_waiting_outlasts_an_input_unknown_and_unprocessed(services: Services, node: NodeClient):
    looks = iter([RpcFailure(-32000, "not found"), input_record(3, "NONE"), input_record(3)])

    def get_input(_: object) -> object:
        found = next(looks)
        if isinstance(found, RpcFailure):
            raise found
        return {"data": found}

    services.methods |= {
        "cartesi_getInput": get_input,
        "cartesi_listOutputs": lambda given: page([], given),
        "cartesi_listReports": lambda given: page([], given),
    }
    pauses: list[float] = []
    assert node.wait_for_input(3, sleep=pauses.append).status == "ACCEPTED"
    assert len(pauses) == 2


def test_waiting_gives_up_and_says_not_to_send_again(services: Services, node: NodeClient):
    services.methods["cartesi_getInput"] = lambda _: {"data": input_record(3, "NONE")}
    pauses: list[float] = []
    with pytest.raises(InputNotProcessed) as caught:
        node.wait_for_input(3, timeout=5, sleep=pauses.append)
    assert 5 <= sum(pauses) < 7
    assert "Do not send it again" in caught.value.advice()


def test_a_refused_input_is_told_in_the_dapps_words(services: Services, node: NodeClient):
    services.methods |= {
        "cartesi_getInput": lambda _: {"data": input_record(3, "REJECTED")},
        "cartesi_listOutputs": lambda given: page([], given),
        "cartesi_listReports": lambda given: page([{"raw_data": hexed(REPORT)}], given),
    }
    with pytest.raises(DappRefused, match=r"input 3 \(WRONG_PHASE\): Too late"):
        node.wait_for_input(3).require_accepted()


def test_an_input_the_machine_died_of_is_refused_without_words(services: Services, node: NodeClient):
    services.methods |= {
        "cartesi_getInput": lambda _: {"data": input_record(3, "CYCLE_LIMIT_EXCEEDED")},
        "cartesi_listOutputs": lambda given: page([], given),
        "cartesi_listReports": lambda given: page([], given),
    }
    with pytest.raises(DappRefused, match="CYCLE_LIMIT_EXCEEDED"):
        node.wait_for_input(3).require_accepted()


@pytest.mark.parametrize(
    ("status", "siblings", "proven"),
    [("CLAIM_ACCEPTED", 63, True), ("CLAIM_SUBMITTED", 63, False), ("OPEN", 0, False), ("CLAIM_ACCEPTED", 0, False)],
)
def test_an_output_is_proven_once_its_claim_is_accepted(
    services: Services, node: NodeClient, status: str, siblings: int, proven: bool
):
    epoch = {"index": "0x1", "first_block": "0x0", "last_block": "0x9", "status": status}
    services.methods |= {
        "cartesi_getOutput": lambda _: {"data": output_record(4, b"", siblings)},
        "cartesi_getEpoch": lambda _: {"data": epoch},
    }
    if proven:
        assert node.proof(4).siblings == (b"\x07" * 32,) * 63
    else:
        with pytest.raises(NoProof, match=status):
            node.proof(4)


def test_records_that_do_not_exist_and_methods_that_fail(services: Services, node: NodeClient):
    def fail(code: int) -> Any:
        def method(_: object) -> None:
            raise RpcFailure(code, "because")

        return method

    services.methods["cartesi_getOutput"] = fail(-32001)
    with pytest.raises(NoSuchRecord, match="no output 5"):
        node.output(5)
    services.methods["cartesi_getOutput"] = fail(-32603)
    with pytest.raises(CallFailed, match="because"):
        node.output(5)
    with pytest.raises(CallFailed, match="cartesi_getApplication"):
        node.application()


@pytest.mark.parametrize("code", [-32000, -32001])
def test_a_node_without_the_application_is_said_to_be(services: Services, node: NodeClient, code: int):
    def missing(_: object) -> None:
        raise RpcFailure(code, "Application not found")

    services.methods |= {"cartesi_getInput": missing, "cartesi_listOutputs": missing}
    for ask in (lambda: node.wait_for_input(3), lambda: list(node.outputs())):
        with pytest.raises(NotRunByNode, match=APP):
            ask()


@pytest.mark.parametrize("answer", [None, {}, {"data": None}, {"data": {}}, {"data": {"index": 3}}, [], 7])
def test_answers_unlike_the_documented_are_the_nodes_failure(services: Services, node: NodeClient, answer: object):
    for method in ("cartesi_getOutput", "cartesi_listOutputs", "cartesi_getEpoch", "cartesi_getChainId"):
        services.methods[method] = lambda _: answer
    asks = (lambda: node.output(1), lambda: list(node.outputs()), lambda: node.epoch(1), node.chain_id)
    for ask in asks:
        with pytest.raises(BadAnswer):
            ask()


def test_a_voucher_of_ether_is_a_transfer():
    from deml.wire.outputs import transfer_of

    stored = read_output(output_record(2, envelope(VoucherEmission(CLIENT, 5, b""))))
    assert transfer_of(stored.opened) == Transfer(Address("0x" + "00" * 20), CLIENT, Amount(5))
    assert stored.notice is None
    assert stored.voucher is not None
