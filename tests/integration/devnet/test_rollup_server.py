"""The Rollup HTTP API as a dapp sees it: statuses, bodies, order, and what a given-up process meets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import pytest
import requests

from deml_devnet.node import outputs
from deml_devnet.node.errors import DappBusy, DappGone, DappTimedOut
from deml_devnet.node.guest import AdvanceState, Guest, InspectState, Result, Verdict
from deml_devnet.node.rollup_http import MAX_BODY_BYTES, RollupServer

ACCOUNT = "0x" + "ab" * 20


def advance(index: int, payload: bytes = b"", first_output: int = 0) -> AdvanceState:
    return AdvanceState(31337, "0x" + "a9" * 20, "0x" + "5e" * 20, 7, 1_000, 255, index, payload, first_output)


class Dapp:
    """A dapp process's end of the API, and the node's end of the same process."""

    def __init__(self, url: str, guest: Guest) -> None:
        self.url, self.guest = url, guest
        self.session = requests.Session()
        self.pool = ThreadPoolExecutor(2)

    def post(self, path: str, body: Any) -> requests.Response:
        return self.session.post(f"{self.url}/{path}", json=body, timeout=10)

    def finish(self, status: str = "accept") -> requests.Response:
        return self.post("finish", {"status": status})

    def asked(self, request: AdvanceState | InspectState, seconds: float = 10) -> Future[Result]:
        return self.pool.submit(self.guest.exchange, request, seconds)


@pytest.fixture(scope="module")
def server() -> Iterator[RollupServer]:
    with RollupServer() as running:
        yield running


@pytest.fixture
def dapp(server: RollupServer) -> Iterator[Dapp]:
    dapp = Dapp(*server.open())
    yield dapp
    server.close(dapp.guest, "the test is over")
    dapp.pool.shutdown()
    dapp.session.close()


def test_an_advance_is_handed_out_with_the_metadata_of_the_guest_server(dapp: Dapp):
    dapp.asked(advance(3, b"\x01\x02"))
    response = dapp.finish()
    assert response.status_code == 200
    assert response.json() == {
        "request_type": "advance_state",
        "data": {
            "metadata": {
                "chain_id": 31337,
                "app_contract": "0x" + "a9" * 20,
                "msg_sender": "0x" + "5e" * 20,
                "block_number": 7,
                "block_timestamp": 1000,
                "prev_randao": "0x" + "ff".rjust(64, "0"),
                "input_index": 3,
            },
            "payload": "0x0102",
        },
    }


def test_outputs_are_numbered_over_all_inputs_and_answered_as_the_guest_server_does(dapp: Dapp):
    result = dapp.asked(advance(0, first_output=5))
    dapp.finish()
    voucher = dapp.post("voucher", {"destination": ACCOUNT, "value": "0xdeadbeef", "payload": "0x01"})
    notice = dapp.post("notice", {"payload": "0x02"})
    call = dapp.post("delegate-call-voucher", {"destination": ACCOUNT, "payload": "0x"})
    report = dapp.post("report", {"payload": "0x03"})
    assert [one.status_code for one in (voucher, notice, call, report)] == [201, 201, 201, 202]
    assert [one.json() for one in (voucher, notice, call)] == [{"index": 5}, {"index": 6}, {"index": 7}]
    dapp.asked(advance(1))
    dapp.finish()
    assert result.result() == Result(
        Verdict.ACCEPTED,
        (
            outputs.voucher(bytes.fromhex("ab" * 20), 0xDEADBEEF, b"\x01"),
            outputs.notice(b"\x02"),
            outputs.delegate_call_voucher(bytes.fromhex("ab" * 20), b""),
        ),
        (b"\x03",),
    )


def test_a_voucher_without_a_value_moves_none(dapp: Dapp):
    result = dapp.asked(advance(0))
    dapp.finish()
    dapp.post("voucher", {"destination": ACCOUNT, "payload": "0x"})
    dapp.asked(advance(1))
    dapp.finish()
    assert result.result().outputs == (outputs.voucher(bytes.fromhex("ab" * 20), 0, b""),)


def test_a_rejected_input_loses_its_outputs_and_keeps_its_reports(dapp: Dapp):
    result = dapp.asked(advance(0))
    dapp.finish()
    dapp.post("notice", {"payload": "0x01"})
    dapp.post("report", {"payload": "0x02"})
    after = dapp.asked(advance(1))
    dapp.finish("reject")
    assert result.result() == Result(Verdict.REJECTED, (), (b"\x02",))
    assert dapp.post("notice", {"payload": "0x03"}).json() == {"index": 0}
    assert not after.done()


def test_an_inspect_keeps_reports_only(dapp: Dapp):
    result = dapp.asked(InspectState(b"jobs"))
    assert dapp.finish().json() == {"request_type": "inspect_state", "data": {"payload": "0x" + b"jobs".hex()}}
    dapp.post("notice", {"payload": "0x01"})
    dapp.post("report", {"payload": "0x02"})
    dapp.asked(advance(0))
    dapp.finish()
    assert result.result() == Result(Verdict.ACCEPTED, (), (b"\x02",))


def test_an_exception_ends_the_request_and_the_process(dapp: Dapp):
    result = dapp.asked(advance(0))
    dapp.finish()
    dapp.post("notice", {"payload": "0x01"})
    assert dapp.post("exception", {"payload": "0x" + b"boom".hex()}).status_code == 202
    assert result.result() == Result(Verdict.EXCEPTION, (), (), b"boom")
    assert dapp.finish().status_code == 410
    with pytest.raises(DappGone):
        dapp.guest.exchange(advance(1), 1)


def test_what_no_request_asked_for_is_refused(dapp: Dapp):
    assert dapp.post("notice", {"payload": "0x"}).status_code == 400
    assert dapp.post("exception", {"payload": "0x"}).status_code == 400


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("finish", {}),
        ("finish", {"status": "maybe"}),
        ("finish", []),
        ("notice", {}),
        ("notice", {"payload": "01"}),
        ("notice", {"payload": "0x0"}),
        ("notice", {"payload": 1}),
        ("voucher", {"destination": "0x01", "payload": "0x"}),
        ("voucher", {"destination": ACCOUNT, "value": "0x" + "00" * 33, "payload": "0x"}),
        ("delegate-call-voucher", {"payload": "0x"}),
    ],
)
def test_a_malformed_body_is_refused_and_changes_nothing(dapp: Dapp, path: str, body: Any):
    result = dapp.asked(advance(0))
    dapp.finish()
    assert dapp.post(path, body).status_code == 400
    assert not result.done()
    dapp.asked(advance(1))
    dapp.finish()
    assert result.result() == Result(Verdict.ACCEPTED)


def test_bodies_that_are_not_json_or_too_large_are_refused(dapp: Dapp):
    assert dapp.session.post(f"{dapp.url}/report", data=b"{", timeout=10).status_code == 400
    body = json.dumps({"payload": "0x" + "00" * (MAX_BODY_BYTES // 2)}).encode()
    assert dapp.session.post(f"{dapp.url}/report", data=body, timeout=10).status_code == 413


def test_unknown_paths_processes_and_gio_are_refused(server: RollupServer, dapp: Dapp):
    assert dapp.post("vouchers", {}).status_code == 404
    assert requests.get(f"{dapp.url}/finish", timeout=10).status_code == 405
    assert dapp.post("gio", {"domain": 1, "id": "0x"}).status_code == 501
    server.close(dapp.guest, "restarted")
    assert dapp.finish().status_code == 410


def test_a_process_that_is_given_up_while_it_waits_takes_no_request(dapp: Dapp):
    waiting = dapp.pool.submit(dapp.finish)
    dapp.guest.wait_until_ready(10)
    dapp.guest.abandon("killed")
    assert waiting.result().status_code == 410
    with pytest.raises(DappGone):
        dapp.guest.exchange(advance(0), 10)


def test_a_process_that_dies_over_a_request_is_told_of(dapp: Dapp):
    result = dapp.asked(advance(0))
    dapp.finish()
    dapp.guest.abandon("exit code -9")
    with pytest.raises(DappGone, match="exit code -9"):
        result.result()


def test_a_question_that_will_not_wait_gives_way_to_one_that_is_being_answered(dapp: Dapp):
    first = dapp.asked(advance(0))
    dapp.finish()
    with pytest.raises(DappBusy):
        dapp.guest.exchange(InspectState(b""), 10, turn_seconds=0.05)
    dapp.asked(advance(1))
    dapp.finish()
    assert first.result().verdict is Verdict.ACCEPTED


def test_a_process_that_never_answers_times_out(dapp: Dapp):
    with pytest.raises(DappTimedOut):
        dapp.guest.wait_until_ready(0.05)
    with pytest.raises(DappTimedOut):
        dapp.guest.exchange(advance(0), 0.05)
